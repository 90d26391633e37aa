// Five programs that we did not write, on the page: the prebuilt examples of a public bare-metal SDK
// (samblenny/baochip-sdk). Their files are not in this repository; XOUSCLOUD_SDK_EXAMPLES names their folder.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DroppedFile } from "./lab/guests";
import { ask, Lab, launch } from "./lab/lab";

const folder = process.env["XOUSCLOUD_SDK_EXAMPLES"];
const example = (name: string): DroppedFile => ({
  name: `${name}.uf2`,
  bytes: readFileSync(join(folder ?? "", `${name}.uf2`)),
});

describe.skipIf(!folder)("the public SDK's examples on the page", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser.close());

  it("blinky toggles PB12", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(example("blinky"));
    const level = async () => {
      const { pins } = await ask<{ pins: { name: string; level: number }[] }>(`/v1/devices/${id}/pins`);
      return pins.find(({ name }) => name === "PB12")?.level;
    };
    await expect.poll(level, { timeout: 20_000 }).toBe(1);
    await expect.poll(level, { timeout: 20_000 }).toBe(0);
    await lab.close();
  });

  it("hello_c greets", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(example("hello_c"));
    await lab.shows("Hello, world! (from C; i=0)");
    await lab.shows("Hello, world! (from C; i=1)");
    await lab.hasTheWholeConsole(id);
    await lab.close();
  });

  it("timer0 beeps, boops two seconds later, and beeps again after PROG", async () => {
    const lab = await Lab.open(browser);
    await lab.createByDrop(example("timer0"));
    await lab.shows("beep 0...");
    await expect.poll(() => lab.terminalText(), { timeout: 20_000 }).toMatch(/boop \d+/);
    await lab.page.getByRole("button", { name: "PROG" }).click();
    await expect.poll(() => lab.terminalText(), { timeout: 20_000 }).toMatch(/boop \d+\s+beep [1-9]/);
    await lab.close();
  });

  it("uart greets again after PROG", async () => {
    const lab = await Lab.open(browser);
    await lab.createByDrop(example("uart"));
    await lab.shows("hello, world! [millis() = 0]");
    await lab.page.getByRole("button", { name: "PROG" }).click();
    await expect.poll(async () => (await lab.terminalText()).split("hello, world!").length - 1).toBe(2);
    await lab.close();
  });

  it("usb_acm sees its software event and the USB controller", async () => {
    const lab = await Lab.open(browser);
    await lab.createByDrop(example("usb_acm"));
    await lab.shows("SUCCESS");
    await lab.shows("USB DEVCAP = 0x20014401");
    await lab.close();
  });
});
