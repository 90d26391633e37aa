// One console port of the open device: its terminal, how far it has been read, and what was typed into it.

import { signal } from "@preact/signals";
import { ConsoleCursor, fromBase64 } from "../stream/consoleCursor";
import { InputQueue, type SendBatch } from "../stream/inputQueue";
import { DeviceTerminal } from "../terminal/terminal";
import { tellError } from "./notices";

export interface ConsolePortOptions {
  send: SendBatch;
  newKey: () => string;
  /** Asks the server for the stream again, from `wanted`. */
  again: () => void;
}

/** Bytes that may wait for the terminal to draw them; past this we read no further until it has caught up. */
const TERMINAL_LIMIT = 1 << 20;

export class ConsolePort {
  /** Offset reached: the count of bytes that the terminal was given, or that are gone. */
  readonly received = signal(0);
  /** Typed bytes that the server has not taken yet. */
  readonly waiting = signal(0);
  /** Bytes that the server no longer had when they were asked for. */
  readonly lost = signal(0);
  readonly terminal: DeviceTerminal;

  private readonly cursor = new ConsoleCursor();
  private readonly input: InputQueue;
  private undrawn = 0;
  private behind = false;

  constructor(
    readonly name: string,
    readonly primary: boolean,
    private readonly options: ConsolePortOptions,
  ) {
    this.input = new InputQueue({
      send: options.send,
      newKey: options.newKey,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      changed: (waiting) => (this.waiting.value = waiting),
      refused: (error, dropped) => tellError(`${dropped} typed bytes not sent to ${name}`, error),
    });
    this.terminal = new DeviceTerminal(name, (bytes) => this.input.type(bytes));
  }

  /** Offset of the next byte wanted. */
  get wanted(): number {
    return this.cursor.next;
  }

  /** @returns "again" when the stream must be asked for again from `wanted`. */
  receive(offset: number, base64: string): "ok" | "again" {
    if (this.behind) return "ok";
    if (this.undrawn > TERMINAL_LIMIT) {
      this.behind = true;
      return "ok";
    }
    const bytes = this.cursor.take(offset, fromBase64(base64));
    if (bytes === "gap") return "again";
    if (bytes.length === 0) return "ok";
    this.received.value = this.cursor.next;
    this.undrawn += bytes.length;
    this.terminal.write(bytes, () => this.drawn(bytes.length));
    return "ok";
  }

  skipTo(oldest: number): void {
    const lost = this.cursor.skipTo(oldest);
    this.lost.value += lost;
    this.received.value = this.cursor.next;
    if (lost > 0) this.terminal.note(`${lost} bytes are no longer kept by the server`);
  }

  close(): void {
    this.input.close();
    this.terminal.dispose();
  }

  private drawn(count: number): void {
    this.undrawn -= count;
    if (this.behind && this.undrawn === 0) {
      this.behind = false;
      this.options.again();
    }
  }
}
