// Actions that need no device: going somewhere, the palette, the keys, the colours.

import { signal } from "@preact/signals";
import { apiKey } from "../api/client";
import { overlay } from "../state/overlay";
import { go, routes } from "../state/route";
import { nextTheme } from "../state/theme";
import { reconnect } from "../stream/hub";
import type { Action } from "./action";

const always = (): true => true;

/** Whether the key panel is open; it opens by itself when the server asks for a key. */
export const keyPanel = signal(false);

/** Opens the system's file chooser; set by the element that owns it. */
export const chooser: { open: () => void } = { open: () => undefined };

export const appActions: Action[] = [
  {
    id: "app.palette",
    title: "All actions",
    keys: ["Ctrl+K"],
    group: "Page",
    enabled: always,
    perform: () => (overlay.value = overlay.peek() === "palette" ? null : "palette"),
  },
  {
    id: "app.keys",
    title: "Show keys",
    keys: ["?"],
    group: "Page",
    enabled: always,
    perform: () => (overlay.value = overlay.peek() === "keys" ? null : "keys"),
  },
  {
    id: "app.theme",
    title: "Switch light and dark",
    keys: ["Shift+T"],
    group: "Page",
    enabled: always,
    perform: nextTheme,
  },
  {
    id: "go.devices",
    title: "Devices",
    keys: ["d"],
    group: "Go to",
    enabled: always,
    perform: () => go(routes.devices),
    request: () => ({ method: "GET", path: "/v1/devices" }),
  },
  {
    id: "go.images",
    title: "Images",
    keys: ["i"],
    group: "Go to",
    enabled: always,
    perform: () => go(routes.images),
    request: () => ({ method: "GET", path: "/v1/images" }),
  },
  {
    id: "go.snapshots",
    title: "Snapshots",
    keys: ["n"],
    group: "Go to",
    enabled: always,
    perform: () => go(routes.snapshots),
    request: () => ({ method: "GET", path: "/v1/snapshots" }),
  },
  {
    id: "image.choose",
    title: "Open firmware files…",
    keys: ["o"],
    group: "Page",
    enabled: always,
    perform: () => chooser.open(),
  },
  {
    id: "app.key",
    title: "API key…",
    keys: [],
    group: "Page",
    enabled: always,
    perform: () => (keyPanel.value = !keyPanel.peek()),
  },
  {
    id: "app.forgetKey",
    title: "Forget the API key",
    keys: [],
    group: "Page",
    enabled: () => apiKey.get() !== "" || "No key is kept in this browser.",
    perform: () => {
      apiKey.set("");
      reconnect();
      location.reload();
    },
  },
];
