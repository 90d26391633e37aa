import { describe, expect, it } from "vitest";
import { keyName } from "./action";

const key = (name: string, modifiers: Partial<KeyboardEvent> = {}) =>
  keyName({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers } as KeyboardEvent);

describe("the name of a key", () => {
  it("is the letter alone, also with caps lock", () => {
    expect(key("p")).toBe("p");
    expect(key("P")).toBe("p");
  });

  it("says Shift for letters and named keys, and leaves signs as they are", () => {
    expect(key("R", { shiftKey: true })).toBe("Shift+R");
    expect(key("Escape", { shiftKey: true })).toBe("Shift+Escape");
    expect(key("?", { shiftKey: true })).toBe("?");
  });

  it("is the same for Ctrl and the Mac's command key", () => {
    expect(key("k", { ctrlKey: true })).toBe("Ctrl+K");
    expect(key("k", { metaKey: true })).toBe("Ctrl+K");
  });

  it("names the space bar", () => expect(key(" ")).toBe("Space"));
});
