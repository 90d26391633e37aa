// What the page shows of a board with a display and keys, and of a Xous: a guest that draws, and one that stands in for
// a kernel with its processes.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { elf } from "./lab/guests";
import { ask, Lab, launch } from "./lab/lab";

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

/** Makes a running device of a guest on the badge. @returns its id. */
async function onBadge(program: string): Promise<string> {
  const { name, bytes } = elf(program);
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(bytes)]), name);
  const image = await ask<{ id: string }>("/v1/images", { method: "POST", body: form });
  const request = { image: image.id, board: "dc34-badge", start: true };
  const made = await ask<{ id: string }>("/v1/devices", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  return made.id;
}

describe("the badge on the page", () => {
  it("shows what the display shows, each pixel as a square of screen pixels, as the API gives it", async () => {
    const device = await onBadge("oled");
    const lab = await Lab.open(browser, `#/devices/${device}`);
    await lab.shows("oled: drawn");
    const image = lab.page.getByRole("img", { name: "What the board's display shows" });
    await image.waitFor();
    const size = await image.evaluate((shown: HTMLImageElement) => [shown.naturalWidth, shown.naturalHeight, shown.width, shown.height]);
    expect(size).toEqual([128, 128, 256, 256]);
    const png = await fetch(`${inject("server")}/v1/devices/${device}/display`);
    expect(png.headers.get("content-type")).toBe("image/png");
    const base64 = Buffer.from(await png.arrayBuffer()).toString("base64");
    await expect.poll(() => image.getAttribute("src")).toBe(`data:image/png;base64,${base64}`);
    await lab.close();
  });

  it("holds a key of the matrix while its key of the keyboard is down", async () => {
    const device = await onBadge("oled");
    const lab = await Lab.open(browser, `#/devices/${device}`);
    await lab.page.locator('[data-hub="live"]').waitFor();
    const pressed = async (): Promise<string[]> =>
      (await ask<{ keys: { name: string; pressed: boolean }[] }>(`/v1/devices/${device}/keys`)).keys
        .filter((key) => key.pressed)
        .map((key) => key.name);
    await lab.action("key.Up.press").waitFor();
    await lab.page.keyboard.down("ArrowUp");
    await expect.poll(pressed).toEqual(["Up"]);
    await lab.page.keyboard.up("ArrowUp");
    await expect.poll(pressed).toEqual([]);
    await lab.close();
  });
});

describe("a Xous on the page", () => {
  it("shows its processes, servers, interrupt lines and messages", async () => {
    const lab = await Lab.open(browser);
    const device = await lab.createByDrop(elf("xous_calls"));
    await lab.shows("nothing can go on");
    const { processes } = await ask<{ processes: { pid: number; name: string | null }[] }>(`/v1/devices/${device}/processes`);
    expect(processes.length).toBeGreaterThan(3);
    const view = lab.page.locator("#xous-view");
    await lab.page.locator('[data-view="processes"]').click();
    for (const { name } of processes) await view.getByRole("cell", { name: name ?? "–", exact: true }).first().waitFor();
    await lab.page.locator('[data-view="servers"]').click();
    await view.getByRole("cell", { name: "ticktimer-server" }).first().waitFor();
    await lab.page.locator('[data-view="interrupts"]').click();
    await view.getByRole("cell", { name: "11", exact: true }).waitFor();
    await lab.page.locator('[data-view="messages"]').click();
    for (const step of ["sent", "received", "answered"]) await view.getByRole("cell", { name: step, exact: true }).first().waitFor();
    await lab.page.locator('[data-view="messages"]').click();
    expect(await view.count()).toBe(0);
    await lab.close();
  });
});
