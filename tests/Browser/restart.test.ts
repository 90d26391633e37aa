// The server dies without a warning while somebody looks at a device, and comes back.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elf } from "./lab/guests";
import { Lab, launch } from "./lab/lab";
import { openNetwork } from "./lab/network";
import { startServer } from "./lab/server";

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

describe("a server that was killed", () => {
  it("comes back with the device paused, and the open page goes on without losing or doubling a byte", async () => {
    const data = mkdtempSync(join(tmpdir(), "xouscloud-restart-"));
    let server = await startServer(data);
    const network = await openNetwork(server.url);
    const lab = await Lab.open(browser, "", {}, network.url);
    const id = await lab.createByDrop(elf("chatty"));
    await lab.shows("(i=200)");

    network.turn("cut");
    await server.kill();
    const before = await lab.terminalText();
    server = await startServer(data);
    network.leadTo(server.url);
    lab.direct = server.url;
    network.turn("fine");

    await lab.state("paused").waitFor();
    const after = await lab.hasTheWholeConsole(id);
    expect(after.startsWith(before)).toBe(true);

    await lab.action("device.runPause").click();
    const numbers = (text: string) => [...text.matchAll(/\(i=(\d+)\)/g)].map((match) => Number(match[1]));
    const reached = numbers(after).length;
    await expect.poll(async () => numbers(await lab.terminalText()).length, { timeout: 30_000 }).toBeGreaterThan(reached + 100);
    const all = numbers(await lab.terminalText());
    expect(all).toEqual(all.map((_, index) => index));

    await lab.close();
    network.close();
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });
});
