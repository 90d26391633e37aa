// A terminal (xterm.js) on one console port. It shows the guest's bytes and gives what a person types as bytes.
// It is only a screen: it never answers the guest's queries by itself (cursor position, device attributes,
// colours), because the input log shall hold what a person did, once, and not what each open page replied,
// again at each reload. It opens no links and sets no titles, whatever the guest sends.

import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { effect } from "@preact/signals";
import { dark } from "../state/theme";
import { terminalTheme } from "./theme";

/** The element that a terminal is in carries it, for the browser's console and the browser tests. */
export interface TerminalHost extends HTMLElement {
  terminal?: Terminal;
}

const SCROLLBACK_LINES = 20_000;
const ESC = "\x1b";

export class DeviceTerminal {
  private readonly terminal: Terminal;
  private readonly fit = new FitAddon();
  private readonly resize = new ResizeObserver(() => this.refit());
  private readonly stopTheme: () => void;

  /** @param typed Called with the bytes of each key or paste. */
  constructor(
    port: string,
    private readonly typed: (bytes: Uint8Array) => void,
  ) {
    this.terminal = new Terminal({
      // Bare-metal firmware ends lines with LF alone.
      convertEol: true,
      scrollback: SCROLLBACK_LINES,
      fontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace",
      fontSize: 13,
      lineHeight: 1.15,
      cursorBlink: false,
      cursorInactiveStyle: "outline",
      minimumContrastRatio: 4.5,
      linkHandler: { activate: () => undefined },
      screenReaderMode: false,
    });
    this.terminal.loadAddon(this.fit);
    this.stopTheme = effect(() => {
      this.terminal.options.theme = terminalTheme(dark.value);
    });
    this.terminal.onData((text) => {
      // Focus reports (DEC mode 1004) are not typed by anyone.
      if (text !== `${ESC}[I` && text !== `${ESC}[O`) typed(new TextEncoder().encode(text));
    });
    this.terminal.onBinary((text) => typed(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    this.terminal.attachCustomKeyEventHandler((event) => this.keyIsForGuest(event));
    ignoreQueries(this.terminal);
    this.terminal.textarea?.setAttribute("aria-label", `Terminal on ${port}`);
  }

  /** Puts the terminal on the page, or moves it there. */
  show(host: TerminalHost): void {
    if (this.terminal.element === undefined) this.terminal.open(host);
    else host.append(this.terminal.element);
    host.terminal = this.terminal;
    this.resize.disconnect();
    this.resize.observe(host);
    this.refit();
  }

  write(bytes: Uint8Array, drawn: () => void): void {
    this.terminal.write(bytes, drawn);
  }

  /** A line of our own between the guest's bytes. */
  note(text: string): void {
    this.terminal.write(`\r\n\x1b[7m ${text} \x1b[27m\r\n`);
  }

  focus(): void {
    this.terminal.focus();
  }

  dispose(): void {
    this.resize.disconnect();
    this.stopTheme();
    this.terminal.dispose();
  }

  private refit(): void {
    if (this.terminal.element?.isConnected === true) this.fit.fit();
  }

  /** Every key goes to the guest, but Esc, which leaves the terminal: Shift+Esc sends the guest an ESC. */
  private keyIsForGuest(event: KeyboardEvent): boolean {
    if (event.key !== "Escape") return true;
    if (event.type === "keydown") {
      event.preventDefault();
      if (event.shiftKey) this.typed(Uint8Array.of(0x1b));
      else this.terminal.blur();
    }
    return false;
  }
}

/** Takes the sequences that make a terminal answer, before xterm.js sees them. */
function ignoreQueries({ parser }: Terminal): void {
  const taken = (): boolean => true;
  // DA1, DA2, DA3; DSR and its private form; DECRQM and its private form; window reports.
  parser.registerCsiHandler({ final: "c" }, taken);
  parser.registerCsiHandler({ prefix: ">", final: "c" }, taken);
  parser.registerCsiHandler({ prefix: "=", final: "c" }, taken);
  parser.registerCsiHandler({ final: "n" }, taken);
  parser.registerCsiHandler({ prefix: "?", final: "n" }, taken);
  parser.registerCsiHandler({ intermediates: "$", final: "p" }, taken);
  parser.registerCsiHandler({ prefix: "?", intermediates: "$", final: "p" }, taken);
  parser.registerCsiHandler({ final: "t" }, taken);
  // DECRQSS.
  parser.registerDcsHandler({ intermediates: "$", final: "q" }, taken);
  // Colour queries; setting a colour is passed on.
  for (const osc of [4, 10, 11, 12]) parser.registerOscHandler(osc, (data) => data.includes("?"));
}
