// What a test works with: a browser tab on the page, looked at by a person's means (text, roles, keys), and the
// public API beside it to compare with.

import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import type { DroppedFile } from "./guests";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A 13-inch screen's worth. */
const SCREEN = { width: 1280, height: 720 };

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });

export class Lab {
  /** What went wrong in the page: exceptions, refusals of its policy, dialogs, requests to others. */
  readonly trouble: string[] = [];
  /** The server, whatever the network between it and the page is like. */
  direct = inject("server");

  private constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    page.on("pageerror", (error) => this.trouble.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) this.trouble.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`${url}/`)) this.trouble.push(`request to ${request.url()}`);
    });
    // Choosers are kept from opening as soon as somebody listens; asked for later, that may come too late.
    page.on("filechooser", () => undefined);
    page.on("dialog", (dialog) => {
      this.trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async open(browser: Browser, hash = "", options: BrowserContextOptions = {}, url = inject("server")) {
    const context = await browser.newContext({ viewport: SCREEN, ...options });
    const lab = new Lab(await context.newPage(), url);
    await lab.page.goto(`${url}/${hash}`);
    await lab.page.locator("header.top").waitFor();
    return lab;
  }

  /** Ends the tab; a test that ends so has seen no trouble. */
  async close(): Promise<void> {
    await this.page.context().close();
    expect(this.trouble).toEqual([]);
  }

  async drop(...files: DroppedFile[]): Promise<void> {
    const plain = files.map(({ name, bytes }) => ({ name, base64: bytes.toString("base64") }));
    const dataTransfer = await this.page.evaluateHandle((dropped) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of dropped) {
        transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      }
      return transfer;
    }, plain);
    for (const event of ["dragenter", "dragover", "drop"]) {
      await this.page.dispatchEvent("body", event, { dataTransfer });
    }
  }

  /** Drops files, creates the device and waits until it is shown. @returns its id. */
  async createByDrop(...files: DroppedFile[]): Promise<string> {
    await this.drop(...files);
    await this.page.getByRole("button", { name: "Create and run" }).click();
    await this.page.waitForURL(/#\/devices\/dev_/);
    await this.page.locator('[data-hub="live"]').waitFor();
    return this.deviceId();
  }

  deviceId(): string {
    return decodeURIComponent(new URL(this.page.url()).hash.split("/")[2] ?? "");
  }

  action(id: string): Locator {
    return this.page.locator(`[data-action="${id}"]`);
  }

  state(state: string): Locator {
    return this.page.locator(`.device-bar [data-state="${state}"]`);
  }

  /** The text on the terminal, scrolled-away lines included, without the blanks that fill its lines. */
  terminalText(port = "uart2"): Promise<string> {
    return this.page.locator(`[data-port="${port}"]`).evaluate((host) => {
      // The page hangs xterm.js's Terminal on its element for this.
      const { buffer } = (host as unknown as { terminal: import("./xterm").Terminal }).terminal;
      const lines: string[] = [];
      for (let i = 0; i < buffer.active.length; i++) {
        const line = buffer.active.getLine(i);
        const text = line?.translateToString(true) ?? "";
        if (line?.isWrapped === true) lines.push((lines.pop() ?? "") + text);
        else lines.push(text);
      }
      return lines.join("\n").trimEnd();
    });
  }

  /** Waits until the terminal shows a text. */
  async shows(text: string, port = "uart2"): Promise<void> {
    await expect.poll(() => this.terminalText(port), { timeout: 40_000 }).toContain(text);
  }

  /** Types into the terminal that is shown, as a person would. */
  async type(text: string): Promise<void> {
    await this.page.locator(".console:not([hidden]) textarea").focus();
    await this.page.keyboard.type(text);
  }

  /** The device's console as plain GET gives it. */
  async console(device: string, port = "uart2"): Promise<string> {
    const response = await fetch(`${this.direct}/v1/devices/${device}/console?port=${port}&offset=0`);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer()).toString("latin1");
  }

  /** The terminal has each byte that the server has, once: by count and, for plain text, by content. */
  async hasTheWholeConsole(device: string, port = "uart2"): Promise<string> {
    const sent = await this.console(device, port);
    const host = this.page.locator(`[data-port="${port}"]`);
    await expect.poll(() => host.getAttribute("data-received"), { timeout: 40_000 }).toBe(String(sent.length));
    const plain = sent.replaceAll("\r", "").trimEnd();
    await expect.poll(() => this.terminalText(port), { timeout: 40_000 }).toBe(plain);
    return plain;
  }
}

/** Asks the server directly, as a second client would. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`${inject("server")}${path}`, init);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
