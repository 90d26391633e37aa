// What lies over the screen: the command palette or the list of keys. At most one.

import { signal } from "@preact/signals";

export const overlay = signal<"palette" | "keys" | null>(null);
