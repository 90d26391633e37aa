// Every action there is on this screen, and how one is performed from the keyboard.

import { computed } from "@preact/signals";
import { overlay } from "../state/overlay";
import { tellError } from "../state/notices";
import { keyName, type Action } from "./action";
import { appActions } from "./appActions";
import { deviceActions, session } from "./deviceActions";

export const actions = computed<Action[]>(() =>
  session.value === null ? appActions : [...deviceActions.value, ...appActions],
);

export function findAction(id: string): Action | undefined {
  return actions.value.find((action) => action.id === id);
}

export function perform(action: Action): void {
  if (action.enabled() !== true) return;
  Promise.resolve()
    .then(() => action.perform())
    .catch((error: unknown) => tellError(`${action.title}: not done`, error));
}

/** Actions whose key is held down now, by the key's physical name. */
const held = new Map<string, Action>();

function letGo(code: string): void {
  held.get(code)?.release?.();
  held.delete(code);
}

/** Where keys belong to the element: a terminal takes all of them, a field what writes, a control what works it. */
function belongsToElement(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest(".xterm") !== null) return true;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (target.matches("input, textarea, select")) return plain;
  const worksIt = event.key === " " || event.key === "Enter";
  if (target.matches("button, a, summary, [role=gridcell]")) return plain && worksIt;
  return false;
}

function keyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") {
    if (overlay.peek() !== null) overlay.value = null;
    else if (event.target instanceof HTMLElement && event.target.matches("input, select, textarea")) event.target.blur();
    return;
  }
  if (belongsToElement(event)) return;
  const name = keyName(event);
  const action = actions.peek().find(({ keys }) => keys.includes(name));
  if (action === undefined) return;
  if (overlay.peek() !== null && !action.id.startsWith("app.")) return;
  event.preventDefault();
  if (event.repeat) return;
  if (action.release !== undefined && action.enabled() === true) held.set(event.code, action);
  perform(action);
}

export function listenToKeys(): void {
  document.addEventListener("keydown", keyDown);
  document.addEventListener("keyup", (event) => letGo(event.code));
  // A key let go while another window has the keyboard is never heard of.
  window.addEventListener("blur", () => [...held.keys()].forEach(letGo));
}
