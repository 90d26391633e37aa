// A button made from an action: its title, key, request and why it cannot be done now come from there.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Action } from "../actions/action";
import { copyAsCurl } from "../actions/curl";
import { findAction, perform } from "../actions/registry";

interface Props {
  id: string;
  /** Shorter than the action's title, where there is little room. */
  label?: string;
  pressed?: boolean;
  class?: string;
}

const ARMED_MILLISECONDS = 4_000;

const ARROWS: Record<string, string | undefined> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };

export function ActionButton({ id, label, pressed, class: className = "" }: Props) {
  const armed = useSignal(false);
  const down = useRef(false);
  useEffect(() => {
    if (!armed.value) return;
    const timer = setTimeout(() => (armed.value = false), ARMED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [armed.value]);
  const action = findAction(id);
  if (action === undefined) return null;
  const enabled = action.enabled();
  const click = (event: MouseEvent): void => {
    if (event.altKey) {
      void copyAsCurl(action);
    } else if (action.confirm !== undefined && !armed.value) {
      armed.value = true;
    } else {
      armed.value = false;
      // What is held acts on press and release; a click has been both.
      if (action.release === undefined) perform(action);
    }
  };
  return (
    <button
      type="button"
      class={`action ${armed.value ? "armed " : ""}${className}`}
      data-action={id}
      title={hint(action, enabled)}
      aria-disabled={enabled !== true}
      aria-pressed={pressed}
      aria-keyshortcuts={action.keys.join(" ") || undefined}
      onClick={click}
      {...(action.release !== undefined ? holding(action, down) : copying(action))}
    >
      {armed.value ? action.confirm : (label ?? action.title)}
      {action.keys[0] !== undefined && <kbd>{ARROWS[action.keys[0]] ?? action.keys[0]}</kbd>}
    </button>
  );
}

function hint(action: Action, enabled: true | string): string {
  const request = action.request?.() ?? null;
  const lines = [action.keys.length > 0 ? `${action.title} (${action.keys.join(", ")})` : action.title];
  if (enabled !== true) lines.push(enabled);
  if (request !== null) {
    const body = request.json === undefined ? "" : ` ${JSON.stringify(request.json)}`;
    lines.push(`${request.method} ${request.path}${body}`, "Alt+click copies this as curl");
  }
  return lines.join("\n");
}

const isWorkingKey = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";

function copying(action: Action) {
  return {
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.altKey) void copyAsCurl(action);
    },
  };
}

/** Pressed while the pointer, or Space or Enter, is down. */
function holding(action: Action, down: { current: boolean }) {
  const press = (): void => {
    if (down.current || action.enabled() !== true) return;
    down.current = true;
    perform(action);
  };
  const release = (): void => {
    if (!down.current) return;
    down.current = false;
    action.release?.();
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || event.altKey) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      press();
    },
    onLostPointerCapture: release,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.altKey) void copyAsCurl(action);
      else if (isWorkingKey(event) && !event.repeat) press();
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (isWorkingKey(event)) release();
    },
    onBlur: release,
  };
}
