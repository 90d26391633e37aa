// Which view of the Xous on a device is open: the same on every device, and kept in this browser.

import { effect, signal } from "@preact/signals";

export const VIEWS = ["processes", "servers", "interrupts", "messages"] as const;
export type XousViewName = (typeof VIEWS)[number];

const KEY = "xouscloud.xous";
const isView = (name: string | null): name is XousViewName => VIEWS.some((view) => view === name);
const kept = localStorage.getItem(KEY);

/** Empty while the panel is folded. */
export const xousView = signal<XousViewName | "">(isView(kept) ? kept : "");

effect(() => localStorage.setItem(KEY, xousView.value));
