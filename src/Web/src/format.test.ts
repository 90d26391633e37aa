import { describe, expect, it } from "vitest";
import { count, hex, rangeEnd, size, virtualTime } from "./format";

const plain = (text: string) => text.replaceAll("\u2009", " ");

describe("numbers", () => {
  it("of virtual time have nine digits after the point, however long or short it is", () => {
    expect(plain(virtualTime("0"))).toBe("0.000 000 000 s");
    expect(plain(virtualTime("5"))).toBe("0.000 000 005 s");
    expect(plain(virtualTime("12318402115"))).toBe("12.318 402 115 s");
    expect(plain(virtualTime("18446744073709551615"))).toBe("18 446 744 073.709 551 615 s");
  });

  it("past 2^53 keep every digit", () => expect(plain(count("18446744073709551615"))).toBe("18 446 744 073 709 551 615"));

  it("of addresses are grouped, from numbers and from text", () => {
    expect(hex(0x6006_0000)).toBe("0x6006_0000");
    expect(hex("0x60060000")).toBe("0x6006_0000");
    expect(hex(0)).toBe("0x0000_0000");
    expect(hex(0x5a, 1)).toBe("0x5A");
    expect(hex(null)).toBe("–");
    expect(hex(rangeEnd("0x60060000", 1700))).toBe("0x6006_06A4");
  });

  it("of bytes say their unit", () => {
    expect(plain(size(1700))).toBe("1 700 B");
    expect(size(19448)).toBe("19.0 KiB");
    expect(size(8 << 20)).toBe("8.0 MiB");
  });
});
