// How far a console has been read. The server may send a stretch again after a reconnect, or start one further
// on than we are; the cursor hands on every byte exactly once, in order, and says when there is a gap.

export class ConsoleCursor {
  private reached: number;

  /** @param start Offset of the first byte wanted. */
  constructor(start = 0) {
    this.reached = start;
  }

  /** Offset of the next byte wanted: all before it have been handed on. */
  get next(): number {
    return this.reached;
  }

  /**
   * Takes a stretch of the console that starts at `offset`.
   * @returns the bytes not seen before (empty when all were), or "gap" when bytes before them are missing:
   * then nothing was taken, and the stream must be asked for again from `next`.
   */
  take<T extends ArrayBufferLike>(offset: number, bytes: Uint8Array<T>): Uint8Array<T> | "gap" {
    if (offset > this.reached) return "gap";
    const seen = this.reached - offset;
    if (seen >= bytes.length) return bytes.subarray(bytes.length);
    this.reached = offset + bytes.length;
    return bytes.subarray(seen);
  }

  /**
   * Goes on at a later offset, because the server no longer keeps what was before it.
   * @returns how many bytes are lost for good.
   */
  skipTo(offset: number): number {
    const lost = Math.max(0, offset - this.reached);
    this.reached = Math.max(this.reached, offset);
    return lost;
  }
}

/** Bytes of a base64 text, as the hub sends them. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
