// The bar at the top: where to go, and the actions that every screen has.

import { route, routes } from "../state/route";
import { dark } from "../state/theme";
import { ActionButton } from "./ActionButton";
import { HubState } from "./HubState";

export function TopBar() {
  const screen = route.value.screen;
  const link = (href: string, label: string, screens: string[]) => (
    <a href={href} aria-current={screens.includes(screen) ? "page" : undefined}>
      {label}
    </a>
  );
  return (
    <header class="top">
      <a class="brand" href={routes.devices}>
        XousCloud
      </a>
      <nav aria-label="Screens">
        {link(routes.devices, "Devices", ["devices", "device"])}
        {link(routes.images, "Images", ["images", "image", "import"])}
        {link(routes.snapshots, "Snapshots", ["snapshots", "snapshot"])}
        <a href="/v1/docs">API</a>
      </nav>
      <span class="grow" />
      <HubState />
      <ActionButton id="image.choose" label="Open files…" />
      <ActionButton id="app.palette" label="Actions" />
      <ActionButton id="app.theme" label={dark.value ? "Light" : "Dark"} />
      <ActionButton id="app.keys" label="Keys" />
    </header>
  );
}
