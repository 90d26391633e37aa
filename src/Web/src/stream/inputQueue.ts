// What was typed and the server has not yet taken. Bytes go out in order, one request at a time; a request
// whose answer was lost is repeated with the same idempotency key, so that nothing is typed twice.

import { ApiError } from "../api/problem";

/** Sends one batch; rejects with an ApiError. */
export type SendBatch = (bytes: Uint8Array<ArrayBuffer>, idempotencyKey: string) => Promise<unknown>;

export interface InputQueueOptions {
  send: SendBatch;
  newKey: () => string;
  /** Waits before a repeat. */
  wait: (milliseconds: number) => Promise<void>;
  /** Told whenever the number of bytes not yet taken changes. */
  changed: (waiting: number) => void;
  /** Told when the server refused bytes for good; they are dropped with all that follow. */
  refused: (error: ApiError, dropped: number) => void;
}

const LARGEST_BATCH = 1024;
const RETRY_MILLISECONDS = 500;
const FULL_MILLISECONDS = 100;

export class InputQueue {
  private pending = new Uint8Array(0);
  private sending = false;
  private closed = false;

  constructor(private readonly options: InputQueueOptions) {}

  /** Bytes typed and not yet taken by the server. */
  get waiting(): number {
    return this.pending.length;
  }

  type(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.pending.length + bytes.length);
    joined.set(this.pending);
    joined.set(bytes, this.pending.length);
    this.replacePending(joined);
    if (!this.sending) void this.drain();
  }

  /** Stops for good; what still waits is not sent. */
  close(): void {
    this.closed = true;
  }

  private async drain(): Promise<void> {
    this.sending = true;
    let largest = LARGEST_BATCH;
    while (this.pending.length > 0 && !this.closed) {
      const batch = this.pending.slice(0, largest);
      if (await this.sendOnce(batch)) {
        this.replacePending(this.pending.slice(batch.length));
      } else {
        // The guest's input queue has no room for this many: fewer may fit, and the guest reads on meanwhile.
        largest = Math.max(1, largest >> 1);
        await this.options.wait(FULL_MILLISECONDS);
      }
    }
    this.sending = false;
  }

  /** @returns true when the batch is dealt with, false when the server had no room and took nothing. */
  private async sendOnce(batch: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const key = this.options.newKey();
    while (!this.closed) {
      try {
        await this.options.send(batch, key);
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const { status, code } = error.problem;
        if (code === "console_input_full") return false;
        if (status !== 0 && status !== 429 && status < 500) {
          const dropped = this.pending.length;
          this.replacePending(new Uint8Array(0));
          this.options.refused(error, dropped);
          return true;
        }
        await this.options.wait(RETRY_MILLISECONDS);
      }
    }
    return true;
  }

  private replacePending(bytes: Uint8Array<ArrayBuffer>): void {
    this.pending = bytes;
    this.options.changed(bytes.length);
  }
}
