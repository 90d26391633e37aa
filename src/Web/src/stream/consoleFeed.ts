// Brings a console from the stream to a screen at the screen's pace: when more waits to be drawn than is good,
// nothing further is taken until all is drawn, and then the stream is asked for again from where it was left.

import { ConsoleCursor } from "./consoleCursor";

export interface Screen {
  /** Draws bytes after all given before, and then calls back. */
  write(bytes: Uint8Array, drawn: () => void): void;
}

/** Bytes that may wait to be drawn. */
const UNDRAWN_LIMIT = 1 << 20;

export class ConsoleFeed {
  private readonly cursor = new ConsoleCursor();
  private undrawn = 0;
  private leftOff = false;

  /** @param again Asks for the stream again, from `next`. */
  constructor(
    private readonly screen: Screen,
    private readonly again: () => void,
  ) {}

  /** Offset of the next byte wanted. */
  get next(): number {
    return this.cursor.next;
  }

  receive(offset: number, bytes: Uint8Array): void {
    if (this.leftOff) return;
    if (this.undrawn > UNDRAWN_LIMIT) {
      this.leftOff = true;
      return;
    }
    const taken = this.cursor.take(offset, bytes);
    if (taken === "gap") {
      this.again();
    } else if (taken.length > 0) {
      this.undrawn += taken.length;
      this.screen.write(taken, () => this.drawn(taken.length));
    }
  }

  /** The server keeps nothing before an offset any more, and goes on there. @returns how many bytes are lost. */
  skipTo(oldest: number): number {
    // What was left off while drawing is asked for when that is done; if it is gone by then, we are told again.
    return this.leftOff ? 0 : this.cursor.skipTo(oldest);
  }

  private drawn(count: number): void {
    this.undrawn -= count;
    if (this.leftOff && this.undrawn === 0) {
      this.leftOff = false;
      this.again();
    }
  }
}
