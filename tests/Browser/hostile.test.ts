// What a guest or a file name says is shown, never done.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elf } from "./lab/guests";
import { Lab, launch } from "./lab/lab";

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const MARKUP = "<img src=x onerror=alert(1)>";

describe("hostile text", () => {
  it("in a file's name is shown as it is, everywhere", async () => {
    const lab = await Lab.open(browser);
    const id = await lab.createByDrop(elf("echo", `${MARKUP}.elf`));
    await lab.shows("ready");
    for (const hash of [`#/devices/${id}`, "#/devices", "#/images", "#/import"]) {
      await lab.page.goto(`${lab.url}/${hash}`);
      await lab.page.locator("header.top").waitFor();
    }
    await lab.page.getByRole("link", { name: "Images" }).click();
    await lab.page.getByRole("link", { name: MARKUP }).first().click();
    await lab.page.getByRole("heading", { name: MARKUP }).waitFor();
    await lab.page.getByRole("cell", { name: MARKUP }).first().waitFor();
    expect(await lab.page.locator("img, script:not([src])").count()).toBe(0);
    await lab.close();
  });

  it("in an address is shown as it is", async () => {
    const lab = await Lab.open(browser, `#/${encodeURIComponent(MARKUP)}`);
    await lab.page.getByRole("heading", { name: "No such screen" }).waitFor();
    await lab.page.goto(`${lab.url}/#/devices/${encodeURIComponent(`${MARKUP}/../%00`)}`);
    await lab.page.getByRole("alert").waitFor();
    expect(await lab.page.locator("img").count()).toBe(0);
    await lab.close();
  });

  it("on the console opens nothing, sets nothing and makes the page type nothing", async () => {
    const lab = await Lab.open(browser);
    const typed: string[] = [];
    lab.page.on("request", (request) => {
      if (request.method() === "POST" && request.url().includes("/console")) typed.push(request.postData() ?? "");
    });
    const pages: unknown[] = [];
    lab.page.context().on("page", (page) => pages.push(page));
    const title = await lab.page.title();
    const id = await lab.createByDrop(elf("escapes"));
    await lab.shows("after");
    // Focus reports were asked for: coming and going must not type either.
    const textarea = lab.page.locator(".console:not([hidden]) textarea");
    await textarea.focus();
    await lab.page.keyboard.press("Escape");
    const link = await lab.page.locator(".xterm-rows").getByText("click me").boundingBox();
    if (link === null) throw new Error("The link is not shown.");
    await lab.page.mouse.move(link.x + 3, link.y + 3, { steps: 3 });
    await lab.page.mouse.click(link.x + 3, link.y + 3);
    await lab.page.reload();
    await lab.shows("after");
    // The guest itself counts what it received.
    await lab.page.keyboard.press("Escape");
    await lab.page.keyboard.down("p");
    await lab.page.getByText("PC13 pressed").waitFor();
    await lab.page.keyboard.up("p");
    await lab.shows("received 0");
    expect(typed).toEqual([]);
    expect(pages).toEqual([]);
    expect(await lab.page.title()).toBe(title);
    expect(await lab.terminalText()).toContain(MARKUP);
    expect(await lab.page.locator("img").count()).toBe(0);
    expect((await lab.console(id)).length).toBeGreaterThan(100);
    await lab.close();
  });

  it("is kept from running by the server's policy too", async () => {
    const lab = await Lab.open(browser);
    const response = await fetch(`${lab.url}/`);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|default-src[^;]*unsafe/);
    await lab.close();
  });
});
