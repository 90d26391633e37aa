// From firmware on a desk to a device on the screen: drop, look, run, type, press, stop, go on.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin, elf, uf2Set, wronglySigned } from "./lab/guests";
import { ask, Lab, launch } from "./lab/lab";

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

interface DeviceNow {
  state: string;
  name: string;
  cycle: string;
  pace: string;
}

const device = (id: string): Promise<DeviceNow> => ask(`/v1/devices/${id}`);
const devices = async (): Promise<number> => (await ask<{ items: unknown[] }>("/v1/devices?limit=100")).items.length;

describe("the device lab", () => {
  it("shows what a dropped file would write before anything runs", async () => {
    const lab = await Lab.open(browser);
    const before = await devices();
    await lab.drop(elf("echo"));
    const report = lab.page.getByLabel("What this image would write");
    await report.waitFor();
    expect(lab.page.url()).toContain("#/images/img_");
    expect(await report.innerText()).toContain("0x6006_0000");
    expect(await report.innerText()).toContain("no signature");
    expect(await report.locator("tbody tr").first().innerText()).toContain("echo.elf");
    expect(await devices()).toBe(before);
    await lab.close();
  });

  it("runs what was dropped, shows its console and takes typing", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.type("abc\r");
    await lab.shows("ABC\n[3 bytes]");
    await lab.state("running").waitFor();
    expect(await lab.hasTheWholeConsole(id)).toBe("ready\nABC\n[3 bytes]");
    await lab.close();
  });

  it("says which check of boot1 refused a program, and what was printed", async () => {
    const lab = await Lab.open(browser);
    await lab.createByDrop(wronglySigned("hello"));
    await lab.state("dead").waitFor();
    const banner = lab.page.getByRole("alert");
    expect(await banner.innerText()).toContain("Stopped in boot1");
    expect(await banner.getAttribute("data-boot-guard")).toBe("image_signature");
    await banner.getByText("Last text on UART2").click();
    await banner.getByText("Image did not validate").waitFor();
    await lab.close();
  });

  it("takes a set of UF2 files dropped together as one image", async () => {
    const lab = await Lab.open(browser);
    await lab.drop(...uf2Set("echo", 3));
    const report = lab.page.getByLabel("What this image would write");
    await report.waitFor();
    for (const part of [0, 1, 2]) expect(await report.innerText()).toContain(`echo-${part}.uf2`);
    await lab.page.getByRole("button", { name: "Create and run" }).click();
    await lab.shows("ready");
    await lab.close();
  });

  it("asks where a raw binary goes before it sends it", async () => {
    const lab = await Lab.open(browser);
    await lab.drop(bin("echo"));
    await lab.page.getByLabel("Address of echo.bin").fill("6006_0000");
    await lab.page.getByRole("button", { name: "Import" }).click();
    await lab.page.getByRole("button", { name: "Create and run" }).click();
    await lab.shows("ready");
    await lab.close();
  });

  it("sends typed text as its bytes", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.type("é€\u{1F600}");
    const sent = Buffer.from("é€\u{1F600}").toString("latin1");
    await expect.poll(() => lab.console(id)).toContain(sent);
    await lab.shows("é€\u{1F600}");
    await lab.close();
  });

  it("presses PROG by mouse, by key, and holds it", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("uart"));
    const lines = async () => (await lab.console(id)).split("\n").length - 1;
    await expect.poll(lines).toBe(1);

    const level = async () => {
      const { pins } = await ask<{ pins: { name: string; level: number }[] }>(`/v1/devices/${id}/pins`);
      return pins.find(({ name }) => name === "PC13")?.level;
    };
    const button = lab.page.getByRole("button", { name: "PROG" });
    await button.hover();
    await lab.page.mouse.down();
    await lab.page.getByText("PC13 pressed").waitFor();
    await expect.poll(level).toBe(0);
    expect(await lines()).toBe(1);
    await lab.page.mouse.up();
    await expect.poll(lines).toBe(2);

    await lab.page.keyboard.down("p");
    await lab.page.getByText("PC13 pressed").waitFor();
    await expect.poll(level).toBe(0);
    await lab.page.keyboard.up("p");
    await expect.poll(lines).toBe(3);

    await lab.page.getByRole("button", { name: "Hold" }).click();
    await expect.poll(level).toBe(0);
    await lab.page.getByText("PC13 pressed").waitFor();
    await lab.page.getByRole("button", { name: "Let go" }).click();
    await expect.poll(lines).toBe(4);
    await lab.hasTheWholeConsole(id);
    await lab.close();
  });

  it("pauses, steps, runs on, and keeps the three numbers apart", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("chatty"));
    await lab.shows("Hello, world! (i=20)");
    const metric = (name: string) => lab.page.locator(`[data-metric="${name}"]`).innerText();
    await expect.poll(async () => Number(await metric("mips"))).toBeGreaterThan(0);
    await expect.poll(async () => Number(await metric("ratio"))).toBeGreaterThan(0);
    expect(await metric("virtual-time")).toMatch(/^\d+\.\d{3}\u2009\d{3}\u2009\d{3} s$/);

    await lab.action("device.runPause").click();
    await lab.state("paused").waitFor();
    const stopped = await device(id);
    await lab.page.getByLabel("Instructions in a step").fill("1000");
    await lab.page.getByLabel("Instructions in a step").press("Tab");
    await lab.action("device.step").click();
    await expect.poll(async () => Number((await device(id)).cycle)).toBeGreaterThanOrEqual(Number(stopped.cycle) + 1000);
    expect((await device(id)).state).toBe("paused");
    await lab.page.locator(".registers dd").first().waitFor();

    await lab.action("device.runPause").click();
    await lab.state("running").waitFor();
    await lab.close();
  });

  it("shows the state's hash when it is asked for, and forgets it when the state goes on", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.action("device.runPause").click();
    await lab.state("paused").waitFor();
    await lab.action("device.hash").click();
    const { hash } = await ask<{ hash: string }>(`/v1/devices/${id}?hash=true`);
    expect(await lab.page.locator("[data-hash]").innerText()).toBe(hash);
    await lab.action("device.step").click();
    await lab.page.locator("[data-hash]").waitFor({ state: "detached" });
    await lab.close();
  });

  it("resets and power-cycles", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.action("device.reset").click();
    await lab.shows("ready\nready");
    await lab.action("device.power").click();
    await lab.shows("ready\nready\nready");
    await lab.hasTheWholeConsole(id);
    await lab.close();
  });

  it("takes a snapshot and makes a device of it that goes on from there", async () => {
    const lab = await Lab.open(browser);
    const first = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.type("ab");
    await lab.shows("AB");
    await lab.action("device.snapshot").click();
    await lab.page.getByRole("link", { name: "New device from the snapshot" }).click();
    await lab.page.getByRole("button", { name: "Create and run" }).click();
    await lab.page.waitForURL(/#\/devices\/dev_/);
    expect(lab.deviceId()).not.toBe(first);
    await lab.page.locator(".console textarea").first().waitFor({ state: "attached" });
    await lab.type("c\r");
    // The guest's count of the line goes on from the two bytes typed before the snapshot.
    await lab.shows("[3 bytes]");
    await lab.close();
  });

  it("drives a pad and lets go of it", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("idle"));
    const pin = async (name: string) => {
      const { pins } = await ask<{ pins: { name: string; driven: string }[] }>(`/v1/devices/${id}/pins`);
      return pins.find((one) => one.name === name)?.driven;
    };
    await lab.page.locator("#pin-PA3").click();
    await lab.page.getByRole("button", { name: "Drive 1" }).click();
    await expect.poll(() => pin("PA3")).toBe("1");
    await lab.page.locator("#pin-PA3.driven").waitFor();
    await lab.page.locator("#pin-PA3").focus();
    await lab.page.keyboard.press("0");
    await expect.poll(() => pin("PA3")).toBe("0");
    await lab.page.getByRole("button", { name: "Release" }).click();
    await expect.poll(() => pin("PA3")).toBe("z");
    await lab.close();
  });

  it("renames a device, changes its pace and deletes it on the second asking", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("idle"));
    await lab.page.getByLabel("Name of the device").fill("bench 7");
    await lab.page.keyboard.press("Enter");
    await expect.poll(async () => (await device(id)).name).toBe("bench 7");
    await lab.action("device.pace").click();
    await expect.poll(async () => (await device(id)).pace).toBe("fast");
    await lab.action("device.delete").click();
    expect((await device(id)).name).toBe("bench 7");
    await lab.page.getByRole("button", { name: "Delete for good?" }).click();
    await lab.page.waitForURL(/#\/devices$/);
    expect((await fetch(`${lab.url}/v1/devices/${id}`)).status).toBe(404);
    await lab.close();
  });

  it("lists devices with their state", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("echo", "listed.elf"));
    await lab.page.getByRole("link", { name: "Devices", exact: true }).click();
    const row = lab.page.locator("tr", { has: lab.page.locator(`a[href="#/devices/${id}"]`) });
    await row.getByText("running, idle").waitFor();
    await row.getByRole("link", { name: "listed.elf" }).click();
    await lab.shows("ready");
    await lab.close();
  });
});

describe("a guest in trouble", () => {
  it("that touches what is not modelled is told by name, address and PC", async () => {
    const lab = await Lab.open(browser);
    await lab.createByDrop(elf("unmodelled"));
    await lab.shows("done");
    const panel = lab.page.getByLabel("Not modelled");
    await panel.waitFor();
    const rows = await panel.locator("tbody tr").allInnerTexts();
    expect(rows.some((row) => row.includes("0x4004_2040") && row.includes("write 0x5A"))).toBe(true);
    expect(rows.every((row) => /0x6006_[0-9A-F]{4}/.test(row))).toBe(true);
    await lab.close();
  });

  it("that jumps into nothing died at a PC for a reason, and can be reset", async () => {
    const lab = await Lab.open(browser);
    await lab.createByDrop(elf("crash_jump"));
    await lab.state("dead").waitFor();
    const death = await lab.page.getByRole("alert").innerText();
    expect(death).toContain("Guest died at PC 0x1000_0000 because of an instruction access fault");
    expect(await lab.action("device.runPause").getAttribute("aria-disabled")).toBe("true");
    expect(await lab.action("device.runPause").getAttribute("title")).toContain("reset or power-cycle it first");
    await lab.action("device.reset").click();
    await lab.shows("jumping\njumping");
    await lab.close();
  });
});

describe("a mistake", () => {
  it("in the files is said with its code and what to do, and the files can be changed", async () => {
    const lab = await Lab.open(browser);
    await lab.drop({ name: "half.uf2", bytes: uf2Set("echo", 1)[0]?.bytes.subarray(0, 700) ?? Buffer.of() });
    const error = lab.page.getByRole("alert");
    await error.waitFor();
    expect(await error.innerText()).toMatch(/\(uf2_\w+\)/);
    expect(await error.locator("em").innerText()).not.toBe("");
    await lab.page.getByText("half.uf2").first().waitFor();
    await lab.close();
  });

  it("in an address says that there is no such device", async () => {
    const lab = await Lab.open(browser, "#/devices/dev_nothing");
    expect(await lab.page.getByRole("alert").innerText()).toContain("(not_found)");
    await lab.close();
  });
});
