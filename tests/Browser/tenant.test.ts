// A server that asks for keys, and that keeps little of each console.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elf } from "./lab/guests";
import { Lab, launch } from "./lab/lab";
import { addKey, startServer, type Server } from "./lab/server";

const RETAINED = 4096;

let browser: Browser;
let server: Server;
let data: string;
let ours: string;
let theirs: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "xouscloud-tenants-"));
  ours = addKey(data, "ours");
  theirs = addKey(data, "theirs");
  server = await startServer(data, { Limits__ConsoleRetainedBytes: String(RETAINED) });
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

async function openWithKey(key: string, hash = ""): Promise<Lab> {
  const lab = await Lab.open(browser, hash, {}, server.url);
  await lab.page.getByRole("button", { name: "Enter an API key" }).click();
  await lab.page.getByLabel("API key").fill(key);
  await lab.page.keyboard.press("Enter");
  await lab.page.getByLabel("API key").waitFor({ state: "detached" });
  return lab;
}

describe("a server with keys", () => {
  it("asks for one, and the page then works with it, live stream included", async () => {
    const lab = await openWithKey(ours);
    await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    await lab.type("key\r");
    await lab.shows("KEY\n[3 bytes]");
    await lab.page.reload();
    await lab.shows("KEY\n[3 bytes]");
    await lab.close();
  });

  it("shows nothing of another tenant's", async () => {
    const mine = await openWithKey(ours);
    const id = await mine.createByDrop(elf("echo"));
    const other = await openWithKey(theirs, `#/devices/${id}`);
    await other.page.getByRole("alert").getByText("(not_found)").waitFor();
    await other.page.getByRole("link", { name: "Devices", exact: true }).click();
    await other.page.getByText("No device yet").waitFor();
    await mine.close();
    await other.close();
  });

  it("says how much of a long console is no longer kept, and shows the rest", async () => {
    const lab = await openWithKey(ours);
    await lab.createByDrop(elf("chatty"));
    await lab.shows("(i=600)");
    await lab.action("device.runPause").click();
    await lab.state("paused").waitFor();
    await lab.page.reload();
    await lab.shows("bytes are no longer kept by the server");
    const host = lab.page.locator('[data-port="uart2"]');
    const tab = lab.page.getByRole("tab", { name: "uart2" });
    await expect.poll(() => tab.getAttribute("title")).toMatch(/bytes/);
    const reached = Number(await host.getAttribute("data-received"));
    expect(reached).toBeGreaterThan(RETAINED);
    const text = await lab.terminalText();
    const lost = Number(/(\d+) bytes are no longer kept/.exec(text)?.[1]);
    const kept = text.slice(text.indexOf("server") + "server".length);
    // Each line feed was sent as two bytes; the last line may be cut short where the device was paused.
    const bytes = kept.replace(/^[^\n]*\n/, "").replaceAll("\n", "\r\n").length;
    expect(reached - lost).toBeGreaterThanOrEqual(RETAINED);
    expect(Math.abs(reached - lost - bytes)).toBeLessThanOrEqual(2);
    await lab.close();
  });
});
