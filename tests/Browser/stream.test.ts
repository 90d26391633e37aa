// No byte of a console is lost or doubled, whatever happens between browser and server.

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, inject } from "vitest";
import { elf } from "./lab/guests";
import { Lab, launch } from "./lab/lab";
import { openNetwork, type Network } from "./lab/network";

let browser: Browser;
let network: Network;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => void (network = await openNetwork(inject("server"))));
afterEach(() => network.close());

const openThroughNetwork = () => Lab.open(browser, "", {}, network.url);

/** The lines of the chatty guest count up by one: a second witness beside the comparison with GET. */
function expectNoGap(text: string): void {
  const numbers = [...text.matchAll(/\(i=(\d+)\)/g)].map((match) => Number(match[1]));
  expect(numbers).toEqual(numbers.map((_, index) => index));
}

async function stopAndCompare(lab: Lab, id: string): Promise<void> {
  await lab.action("device.runPause").click();
  await lab.state("paused").waitFor();
  expectNoGap(await lab.hasTheWholeConsole(id));
}

describe("the console on the page", () => {
  it("is whole after the page was loaded again, in the middle of output", async () => {
    const lab = await openThroughNetwork();
    const id = await lab.createByDrop(elf("chatty"));
    for (const line of [50, 300, 600]) {
      await lab.shows(`(i=${line})`);
      await lab.page.reload();
    }
    await lab.shows("(i=900)");
    await stopAndCompare(lab, id);
    await lab.close();
  });

  it("is whole after the connection was cut, again and again", async () => {
    const lab = await openThroughNetwork();
    const id = await lab.createByDrop(elf("chatty"));
    for (const line of [100, 500, 900]) {
      await lab.shows(`(i=${line})`);
      network.turn("cut");
      await lab.page.locator('[data-hub="waiting"]').waitFor();
      network.turn("fine");
      await lab.page.locator('[data-hub="live"]').waitFor();
    }
    await lab.shows("(i=1300)");
    await stopAndCompare(lab, id);
    await lab.close();
  });

  it("is whole after the network swallowed everything for a while", async () => {
    const lab = await openThroughNetwork();
    const id = await lab.createByDrop(elf("chatty"));
    await lab.shows("(i=100)");
    network.turn("swallows all");
    // Nothing breaks the connection: the page notices by itself that the server has gone silent.
    await lab.page.locator('[data-hub="waiting"]').waitFor();
    network.turn("fine");
    await lab.page.locator('[data-hub="live"]').waitFor();
    await lab.shows("(i=1000)");
    await stopAndCompare(lab, id);
    await lab.close();
  });

  it("is whole after the browser was offline", async () => {
    const lab = await openThroughNetwork();
    const id = await lab.createByDrop(elf("chatty"));
    await lab.shows("(i=100)");
    await lab.page.context().setOffline(true);
    network.turn("cut");
    await lab.page.locator('[data-hub="waiting"]').waitFor();
    network.turn("fine");
    await lab.page.context().setOffline(false);
    await lab.page.locator('[data-hub="live"]').waitFor();
    await lab.shows("(i=1000)");
    await stopAndCompare(lab, id);
    await lab.close();
  });
});

describe("typing", () => {
  it("while the network is cut arrives once when it is back", async () => {
    const lab = await openThroughNetwork();
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    network.turn("cut");
    await lab.type("typed in the dark");
    await lab.page.getByText("typed bytes waiting").waitFor();
    network.turn("fine");
    await lab.type("\r");
    await lab.shows("TYPED IN THE DARK\n[17 bytes]");
    expect(await lab.hasTheWholeConsole(id)).toBe("ready\nTYPED IN THE DARK\n[17 bytes]");
    await lab.close();
  });

  it("whose answers are lost is not typed twice", async () => {
    const lab = await openThroughNetwork();
    const id = await lab.createByDrop(elf("echo"));
    await lab.shows("ready");
    network.turn("loses answers");
    await lab.type("x");
    // The server has it; the page cannot know.
    await expect.poll(() => lab.console(id)).toContain("X");
    await lab.page.getByText("1 typed bytes waiting").waitFor();
    network.turn("fine");
    await lab.type("\r");
    await lab.shows("[1 bytes]");
    expect(await lab.hasTheWholeConsole(id)).toBe("ready\nX\n[1 bytes]");
    await lab.close();
  });

  it("in two pages at once reaches the guest from both", async () => {
    const one = await openThroughNetwork();
    const id = await one.createByDrop(elf("echo"));
    await one.shows("ready");
    const other = await Lab.open(browser, `#/devices/${id}`);
    await other.shows("ready");
    await one.type("a");
    await other.shows("A");
    await other.type("b\r");
    await one.shows("AB\n[2 bytes]");
    await one.hasTheWholeConsole(id);
    await other.hasTheWholeConsole(id);
    await one.close();
    await other.close();
  });
});
