// What a person can do, said once. Buttons, keys, the palette, the list of keys and "copy as curl" are all made
// from these objects; nothing on the page acts in another way.

import type { RestCall } from "../api/client";

export interface Action {
  /** Stable name, e.g. "device.run". */
  id: string;
  title: string;
  /** Keys that perform it, e.g. "Shift+R"; the first is the one shown. */
  keys: string[];
  group: string;
  /** Whether it can be done now; otherwise why not, said as what to do. */
  enabled(): true | string;
  perform(): unknown;
  /** For what lasts as long as a key or button is held: what letting go does. */
  release?(): unknown;
  /** For what cannot be undone: said before it is done, and it is done on the second asking. */
  confirm?: string;
  /** The request that does the same, where one does. */
  request?(): RestCall | null;
}

/** The keys of a keyboard event in the form that Action.keys has: "r", "Shift+R", "Ctrl+k", "?", "Space". */
export function keyName(event: KeyboardEvent): string {
  const key = event.key === " " ? "Space" : event.key;
  const isLetter = /^[a-zA-Z]$/.test(key);
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  // Shift is part of a sign such as "?", and a modifier of a letter or of a named key.
  if (event.shiftKey && (isLetter || key.length > 1)) parts.push("Shift");
  const withControl = parts.includes("Ctrl") || parts.includes("Alt");
  parts.push(isLetter ? (event.shiftKey || withControl ? key.toUpperCase() : key.toLowerCase()) : key);
  return parts.join("+");
}
