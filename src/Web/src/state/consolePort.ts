// One console port of the open device: its terminal, how far it has been read, and what was typed into it.

import { signal } from "@preact/signals";
import { fromBase64 } from "../stream/consoleCursor";
import { ConsoleFeed } from "../stream/consoleFeed";
import { InputQueue, type SendBatch } from "../stream/inputQueue";
import { DeviceTerminal } from "../terminal/terminal";
import { tellError } from "./notices";

export interface ConsolePortOptions {
  send: SendBatch;
  newKey: () => string;
  /** Asks the server for the stream again, from `wanted`. */
  again: () => void;
}

export class ConsolePort {
  /** Offset reached: the count of bytes that the terminal was given, or that are gone. */
  readonly received = signal(0);
  /** Typed bytes that the server has not taken yet. */
  readonly waiting = signal(0);
  /** Bytes that the server no longer had when they were asked for. */
  readonly lost = signal(0);
  readonly terminal: DeviceTerminal;

  private readonly feed: ConsoleFeed;
  private readonly input: InputQueue;

  constructor(
    readonly name: string,
    readonly primary: boolean,
    { send, newKey, again }: ConsolePortOptions,
  ) {
    this.input = new InputQueue({
      send,
      newKey,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      changed: (waiting) => (this.waiting.value = waiting),
      refused: (error, dropped) => tellError(`${dropped} typed bytes not sent to ${name}`, error),
    });
    this.terminal = new DeviceTerminal(name, (bytes) => this.input.type(bytes));
    this.feed = new ConsoleFeed(this.terminal, again);
  }

  /** Offset of the next byte wanted. */
  get wanted(): number {
    return this.feed.next;
  }

  receive(offset: number, base64: string): void {
    this.feed.receive(offset, fromBase64(base64));
    this.received.value = this.feed.next;
  }

  skipTo(oldest: number): void {
    const lost = this.feed.skipTo(oldest);
    this.lost.value += lost;
    this.received.value = this.feed.next;
    if (lost > 0) this.terminal.note(`${lost} bytes are no longer kept by the server`);
  }

  close(): void {
    this.input.close();
    this.terminal.dispose();
  }
}
