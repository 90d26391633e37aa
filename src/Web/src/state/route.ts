// Which screen is shown. Every screen has an address after the '#', so it can be linked to and reloaded.

import { signal } from "@preact/signals";

export type Route =
  | { screen: "devices" }
  | { screen: "device"; id: string }
  | { screen: "images" }
  | { screen: "image"; id: string }
  | { screen: "import" }
  | { screen: "snapshots" }
  | { screen: "snapshot"; id: string }
  | { screen: "unknown"; hash: string };

const LISTS = { devices: "device", images: "image", snapshots: "snapshot" } as const;

export function parseRoute(hash: string): Route {
  const [first = "", id = "", ...rest] = hash.replace(/^#?\/?/, "").split("/");
  if (first === "" && id === "") return { screen: "devices" };
  if (rest.length === 0 && (first === "devices" || first === "images" || first === "snapshots")) {
    return id === "" ? { screen: first } : { screen: LISTS[first], id: safeDecode(id) };
  }
  if (first === "import" && id === "") return { screen: "import" };
  return { screen: "unknown", hash };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const routes = {
  devices: "#/devices",
  images: "#/images",
  snapshots: "#/snapshots",
  import: "#/import",
  device: (id: string) => `#/devices/${encodeURIComponent(id)}`,
  image: (id: string) => `#/images/${encodeURIComponent(id)}`,
  snapshot: (id: string) => `#/snapshots/${encodeURIComponent(id)}`,
};

export const route = signal<Route>(parseRoute(location.hash));
window.addEventListener("hashchange", () => (route.value = parseRoute(location.hash)));

export function go(hash: string): void {
  location.hash = hash;
}
