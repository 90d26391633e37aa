import { describe, expect, it } from "vitest";
import { ConsoleCursor, fromBase64 } from "./consoleCursor";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (taken: Uint8Array | "gap") => (taken === "gap" ? taken : new TextDecoder().decode(taken));

/** A small generator with a seed that a failing test can print (mulberry32). */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("a console cursor", () => {
  it("hands on stretches that follow each other as they are", () => {
    const cursor = new ConsoleCursor();
    expect(text(cursor.take(0, bytes("abc")))).toBe("abc");
    expect(text(cursor.take(3, bytes("de")))).toBe("de");
    expect(cursor.next).toBe(5);
  });

  it("drops what is sent a second time", () => {
    const cursor = new ConsoleCursor();
    cursor.take(0, bytes("abcdef"));
    expect(text(cursor.take(0, bytes("abc")))).toBe("");
    expect(text(cursor.take(3, bytes("def")))).toBe("");
    expect(cursor.next).toBe(6);
  });

  it("hands on only the new part of a stretch that overlaps", () => {
    const cursor = new ConsoleCursor();
    cursor.take(0, bytes("abcd"));
    expect(text(cursor.take(2, bytes("cdef")))).toBe("ef");
  });

  it("takes nothing across a gap and still wants the missing byte", () => {
    const cursor = new ConsoleCursor();
    cursor.take(0, bytes("abc"));
    expect(cursor.take(4, bytes("e"))).toBe("gap");
    expect(cursor.next).toBe(3);
    expect(text(cursor.take(3, bytes("de")))).toBe("de");
  });

  it("says how much is lost when the server no longer keeps it", () => {
    const cursor = new ConsoleCursor();
    cursor.take(0, bytes("abc"));
    expect(cursor.skipTo(10)).toBe(7);
    expect(text(cursor.take(8, bytes("ijkl")))).toBe("kl");
  });

  it("never goes back", () => {
    const cursor = new ConsoleCursor(8);
    expect(cursor.skipTo(4)).toBe(0);
    expect(cursor.next).toBe(8);
  });

  it("loses and doubles nothing, however the stream is cut, repeated and resumed", () => {
    const seed = (Math.random() * 2 ** 32) | 0;
    const random = randomFrom(seed);
    const upTo = (limit: number) => Math.floor(random() * (limit + 1));
    const sent = Uint8Array.from({ length: 20_000 }, () => upTo(255));
    const received: number[] = [];
    const cursor = new ConsoleCursor();
    let from = 0;
    while (cursor.next < sent.length) {
      // The connection breaks now and then; after it, the server starts where it was asked to, or a bit before.
      if (random() < 0.2) from = Math.max(0, cursor.next - upTo(50));
      // A frame gets lost now and then: the next one leaves a gap and the stream is asked for again.
      if (random() < 0.1) from += upTo(20);
      const frame = sent.slice(from, from + 1 + upTo(200));
      const taken = cursor.take(from, frame);
      if (taken === "gap") from = cursor.next;
      else {
        received.push(...taken);
        from += frame.length;
      }
    }
    expect(Uint8Array.from(received), `seed ${seed}`).toEqual(sent);
  });
});

describe("base64 from the hub", () => {
  it("gives every byte value back", () => {
    const every = Uint8Array.from({ length: 256 }, (_, value) => value);
    expect(fromBase64(Buffer.from(every).toString("base64"))).toEqual(every);
  });
});
