// Every action by name: type some of its letters, Enter performs it, Alt+Enter copies it as curl.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Action } from "../actions/action";
import { copyAsCurl } from "../actions/curl";
import { actions, perform } from "../actions/registry";
import { overlay } from "../state/overlay";

/** Whether each word typed occurs in the title or the group. */
export function matches({ title, group }: Action, typed: string): boolean {
  const text = `${group} ${title}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function Palette() {
  const typed = useSignal("");
  const at = useSignal(0);
  const armed = useSignal("");
  const input = useRef<HTMLInputElement>(null);
  // Before anything is painted: what is typed right after the key that opens this belongs here, not to the page.
  useLayoutEffect(() => {
    const before = document.activeElement;
    input.current?.focus();
    return () => before instanceof HTMLElement && before.isConnected && before.focus();
  }, []);
  // What lasts as long as a key is held cannot be done from a list; a click of the same button can.
  const found = actions.value.filter((action) => action.release === undefined && matches(action, typed.value));
  const index = Math.min(at.value, found.length - 1);

  const choose = (action: Action, asCurl: boolean): void => {
    if (asCurl) {
      overlay.value = null;
      void copyAsCurl(action);
      return;
    }
    if (action.enabled() !== true) return;
    if (action.confirm !== undefined && armed.value !== action.id) {
      armed.value = action.id;
      return;
    }
    overlay.value = null;
    perform(action);
  };
  const keyDown = (event: KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      at.value = Math.max(0, Math.min(found.length - 1, index + move));
      armed.value = "";
      document.getElementById(`palette-${at.value}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      const action = found[index];
      if (action !== undefined) choose(action, event.altKey);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      overlay.value = null;
    }
  };

  return (
    <div class="over" onPointerDown={(event) => event.target === event.currentTarget && (overlay.value = null)}>
      <div class="palette" role="dialog" aria-label="All actions">
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={`palette-${index}`}
          aria-label="Action"
          placeholder="What to do?  Enter does it, Alt+Enter copies it as curl"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            at.value = 0;
            armed.value = "";
          }}
          onKeyDown={keyDown}
        />
        <ul id="palette-list" role="listbox">
          {found.map((action, i) => {
            const enabled = action.enabled();
            return (
              <li
                key={action.id}
                id={`palette-${i}`}
                role="option"
                aria-selected={i === index}
                aria-disabled={enabled !== true}
                onPointerDown={(event) => {
                  event.preventDefault();
                  choose(action, event.altKey);
                }}
              >
                <span class="group">{action.group}</span>
                <span class="title">
                  {action.title}
                  {armed.value === action.id && <strong> {action.confirm} Enter again does it.</strong>}
                  {enabled !== true && <small> {enabled}</small>}
                </span>
                {action.request?.() != null && <small class="rest">curl</small>}
                {action.keys[0] !== undefined && <kbd>{action.keys[0]}</kbd>}
              </li>
            );
          })}
          {found.length === 0 && <li class="none">No action has these words.</li>}
        </ul>
      </div>
    </div>
  );
}
