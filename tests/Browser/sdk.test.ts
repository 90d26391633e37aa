// Five programs that we did not write, on the page: the prebuilt examples of a public bare-metal SDK
// (samblenny/baochip-sdk). Their files are not in this repository; XOUSCLOUD_SDK_EXAMPLES names their folder.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab, launch } from "./lab/lab";

const folder = process.env["XOUSCLOUD_SDK_EXAMPLES"] ?? "";

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

async function run(program: string): Promise<{ lab: Lab; id: string }> {
  const lab = await Lab.open(browser);
  const id = await lab.createByDrop({
    name: `${program}.uf2`,
    bytes: readFileSync(join(folder, `${program}.uf2`)),
  });
  return { lab, id };
}

async function clickProg(lab: Lab): Promise<void> {
  const released = lab.page.getByText("PC13 released");
  await released.waitFor();
  await lab.page.getByRole("button", { name: "Hold" }).click();
  await lab.page.getByText("PC13 pressed").waitFor();
  await lab.page.getByRole("button", { name: "Let go" }).click();
  await released.waitFor();
}

describe.skipIf(folder === "")("an example of the public SDK", () => {
  it("blinky toggles PB12", async () => {
    const { lab } = await run("blinky");
    const led = lab.page.locator("#pin-PB12");
    const lit = () => led.innerText();
    await lab.page.locator("#pin-PB12.output").waitFor();
    const first = await lit();
    await expect.poll(lit, { timeout: 40_000 }).not.toBe(first);
    await expect.poll(lit, { timeout: 40_000 }).toBe(first);
    await lab.close();
  });

  it("hello_c greets", async () => {
    const { lab, id } = await run("hello_c");
    await lab.shows("Hello, world! (from C; i=0)");
    await lab.action("device.runPause").click();
    await lab.state("paused").waitFor();
    await lab.hasTheWholeConsole(id);
    await lab.close();
  });

  it("timer0 boops after its beep, and beeps again after PROG", async () => {
    const { lab } = await run("timer0");
    await expect.poll(() => lab.terminalText(), { timeout: 40_000 }).toMatch(/beep \d+\.\.\.boop \d+/);
    await clickProg(lab);
    await expect.poll(() => lab.terminalText(), { timeout: 40_000 }).toMatch(/boop \d+\s+beep \d+\.\.\.boop \d+/);
    await lab.close();
  });

  it("uart greets again after PROG", async () => {
    const { lab, id } = await run("uart");
    await lab.shows("hello, world! [millis() = ");
    await clickProg(lab);
    await expect.poll(() => lab.terminalText(), { timeout: 40_000 }).toMatch(/\]\s+hello, world! \[millis\(\) = \d+\]/);
    await lab.hasTheWholeConsole(id);
    await lab.close();
  });

  it("usb_acm sees its software event and the controller", async () => {
    const { lab } = await run("usb_acm");
    await lab.shows("USB DEVCAP = 0x20014401");
    const said = await lab.terminalText();
    expect(said).toContain("EV_PENDING = 0x00000001");
    expect(said).toContain("SUCCESS");
    await lab.close();
  });
});
