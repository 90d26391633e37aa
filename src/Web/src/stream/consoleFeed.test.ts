import { describe, expect, it } from "vitest";
import { ConsoleFeed } from "./consoleFeed";

const PART = 64 * 1024;

/** A console of `length` bytes that streams to a screen which draws only when told to. */
function bench(length: number) {
  const sent = Uint8Array.from({ length }, (_, index) => (index * 31) >> 3);
  const shown: number[] = [];
  const undrawn: (() => void)[] = [];
  let asked = 0;
  const feed = new ConsoleFeed(
    {
      write(bytes, drawn) {
        for (const byte of bytes) shown.push(byte);
        undrawn.push(drawn);
      },
    },
    () => asked++,
  );
  return {
    feed,
    sent,
    shown,
    undrawn,
    asked: () => asked,
    stream(from: number, to = length) {
      for (let at = from; at < to; at += PART) feed.receive(at, sent.slice(at, Math.min(to, at + PART)));
    },
    drawAll() {
      for (const drawn of undrawn.splice(0)) drawn();
    },
  };
}

describe("the feed of a terminal", () => {
  it("stops taking when a megabyte waits to be drawn, and goes on where it stopped", () => {
    const { feed, sent, shown, stream, drawAll, asked } = bench(5_000_000);
    let rounds = 0;
    for (; feed.next < sent.length; rounds++) {
      stream(feed.next);
      drawAll();
    }
    expect(Buffer.from(shown).equals(sent)).toBe(true);
    expect(rounds).toBeGreaterThan(3);
    expect(asked()).toBe(rounds - 1);
  });

  it("never has much more than a megabyte waiting", () => {
    const { feed, stream } = bench(5_000_000);
    stream(0);
    expect(feed.next).toBeLessThanOrEqual((1 << 20) + 2 * PART);
  });

  it("asks again after a gap and shows nothing twice when it gets more than it asked for", () => {
    const { feed, sent, shown, stream, asked } = bench(1000);
    stream(0, 100);
    feed.receive(200, sent.slice(200, 300));
    expect(asked()).toBe(1);
    stream(50, 1000);
    expect(Uint8Array.from(shown)).toEqual(sent);
  });

  it("goes on at the oldest byte that the server has and says what is lost", () => {
    const { feed, sent, shown, stream } = bench(1000);
    stream(0, 100);
    expect(feed.skipTo(700)).toBe(600);
    stream(700);
    expect(Uint8Array.from(shown)).toEqual(Uint8Array.of(...sent.slice(0, 100), ...sent.slice(700)));
  });
});
