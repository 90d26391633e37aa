// The page by keyboard alone, in both colour schemes, on a small screen.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elf } from "./lab/guests";
import { ask, Lab, launch } from "./lab/lab";
import { repository } from "./lab/server";

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

describe("by keyboard alone", () => {
  it("firmware is opened, run, typed to, paused, stepped and hashed", async () => {
    const lab = await Lab.open(browser);
    const { page } = lab;
    const chooser = page.waitForEvent("filechooser");
    await page.keyboard.press("o");
    const file = elf("echo");
    await (await chooser).setFiles({ name: file.name, mimeType: "application/octet-stream", buffer: file.bytes });
    await page.getByRole("button", { name: "Create and run" }).waitFor();
    // The button has the focus already.
    await page.keyboard.press("Enter");
    await lab.shows("ready");

    await page.keyboard.press("t");
    await page.keyboard.type("sd ?\r");
    await lab.shows("SD ?\n[4 bytes]");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Escape");

    await page.keyboard.press("Space");
    await lab.state("paused").waitFor();
    await page.keyboard.press("s");
    await page.keyboard.press("h");
    await page.locator("[data-hash]").waitFor();
    await page.keyboard.press("Shift+S");
    await page.getByText("Snapshot taken").waitFor();
    await page.keyboard.press("Space");
    await lab.state("running").waitFor();
    await page.keyboard.press("Shift+R");
    await lab.shows("[4 bytes]\nready");

    await page.keyboard.press("2");
    await page.locator('[data-port="duart"]:not([hidden]), [data-port="uart0"]:not([hidden])').waitFor();
    await page.keyboard.press("d");
    await page.waitForURL(/#\/devices$/);
    await lab.close();
  });

  it("Esc leaves the terminal and Shift+Esc goes to the guest", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.page.keyboard.press("t");
    await lab.page.keyboard.press("Shift+Escape");
    await expect.poll(() => lab.console(id)).toContain("\x1b");
    await lab.page.keyboard.press("Control+k");
    await expect.poll(() => lab.console(id)).toContain("\x0b");
    expect(await lab.page.getByRole("dialog").count()).toBe(0);
    await lab.page.keyboard.press("Escape");
    await lab.page.keyboard.press("Control+k");
    await lab.page.getByRole("dialog").waitFor();
    expect((await lab.console(id)).match(/\x1b/g)).toHaveLength(1);
    await lab.close();
  });

  it("every action is found by its name, and its request can be had as curl", async () => {
    const lab = await Lab.open(browser, "", { permissions: ["clipboard-read", "clipboard-write"] });
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.page.keyboard.press("Control+k");
    await lab.page.getByRole("combobox", { name: "Action" }).and(lab.page.locator(":focus")).waitFor();
    await lab.page.keyboard.type("pause");
    await lab.page.keyboard.press("Enter");
    await lab.state("paused").waitFor();
    await lab.page.keyboard.press("Control+k");
    await lab.page.getByRole("combobox", { name: "Action" }).and(lab.page.locator(":focus")).waitFor();
    await lab.page.keyboard.type("power");
    await lab.page.keyboard.press("Alt+Enter");
    const expected =
      `curl -fsS -X POST -H 'Content-Type: application/json' -d '{"action":"power"}' ` +
      `${lab.url}/v1/devices/${id}/actions`;
    await lab.page.getByText(expected).waitFor();
    expect(await lab.page.evaluate(() => navigator.clipboard.readText())).toBe(expected);
    await lab.close();
  });

  it("the keys are shown by ?", async () => {
    const lab = await Lab.open(browser);
    await lab.page.keyboard.press("?");
    await lab.page.getByRole("dialog", { name: "Keys" }).getByText("Open firmware files").waitFor();
    await lab.page.keyboard.press("Escape");
    await lab.page.getByRole("dialog").waitFor({ state: "detached" });
    await lab.close();
  });
});

describe("the page's script", () => {
  it("is at most 300 KiB, compressed", () => {
    const assets = join(repository, "src/Web/dist/assets");
    const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
    const compressed = scripts.map((name) => gzipSync(readFileSync(join(assets, name))).length);
    expect(scripts.length).toBeGreaterThan(0);
    expect(compressed.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(300 * 1024);
  });
});

describe("on a screen of 13 inches", () => {
  for (const scheme of ["light", "dark"] as const) {
    it(`every screen fits without scrolling sideways, ${scheme}`, async () => {
      const lab = await Lab.open(browser, "", { colorScheme: scheme });
      const id = await lab.createByDrop(elf("unmodelled", "a-rather-long-name-of-a-firmware-file-as-people-have-them.elf"));
      await lab.shows("done");
      await lab.action("device.runPause").click();
      await lab.state("paused").waitFor();
      await lab.action("device.hash").click();
      await lab.page.locator("[data-hash]").waitFor();
      const { imageId } = await ask<{ imageId: string }>(`/v1/devices/${id}`);
      for (const hash of [`#/devices/${id}`, "#/devices", "#/images", `#/images/${imageId}`, "#/snapshots", "#/import"]) {
        await lab.page.evaluate((to) => (location.hash = to), hash);
        await lab.page.locator("main").waitFor();
        const size = await lab.page.evaluate(() => ({
          page: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
          cut: [...document.querySelectorAll(".device-bar, .status, header.top")]
            .filter((bar) => bar.scrollWidth > bar.clientWidth)
            .map((bar) => bar.className),
        }));
        expect(size, hash).toEqual({ page: [1280, 720], cut: [] });
      }
      await lab.close();
    });
  }

  it("the scheme follows the system until it is switched, and the choice lasts", async () => {
    const ground = (lab: Lab) => lab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const lit = await Lab.open(browser, "", { colorScheme: "light" });
    const lab = await Lab.open(browser, "", { colorScheme: "dark" });
    const light = await ground(lit);
    const dark = await ground(lab);
    expect(light).not.toBe(dark);
    await lab.page.keyboard.press("Shift+T");
    await expect.poll(() => ground(lab)).toBe(light);
    await lab.page.reload();
    await lab.page.locator("header.top").waitFor();
    expect(await ground(lab)).toBe(light);
    await lit.close();
    await lab.close();
  });
});
