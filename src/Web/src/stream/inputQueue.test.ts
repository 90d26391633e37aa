import { describe, expect, it } from "vitest";
import { ApiError, unanswered } from "../api/problem";
import { InputQueue, type SendBatch } from "./inputQueue";

const encode = (text: string) => new TextEncoder().encode(text);

function refusal(status: number, code: string): ApiError {
  return new ApiError({ ...unanswered().problem, status, code });
}

/** A queue in front of a guest that honours idempotency keys; `fate` decides what becomes of each request. */
function queueTo(fate: (request: number) => "taken" | "lost" | "answer lost" | ApiError) {
  const taken: number[] = [];
  const sizes: number[] = [];
  const refused: { code: string; dropped: number }[] = [];
  const seen = new Set<string>();
  let requests = 0;
  let keys = 0;
  let idle: () => void;
  const done = new Promise<void>((resolve) => (idle = resolve));
  const send: SendBatch = async (bytes, key) => {
    sizes.push(bytes.length);
    const outcome = fate(requests++);
    if (outcome instanceof ApiError) throw outcome;
    if (outcome !== "lost" && !seen.has(key)) {
      seen.add(key);
      taken.push(...bytes);
    }
    if (outcome !== "taken") throw unanswered();
  };
  const queue = new InputQueue({
    send,
    newKey: () => String(keys++),
    wait: () => Promise.resolve(),
    changed: (waiting) => waiting === 0 && idle(),
    refused: (error, dropped) => refused.push({ code: error.problem.code, dropped }),
  });
  return { queue, done, refused, sizes, text: () => new TextDecoder().decode(Uint8Array.from(taken)) };
}

describe("the queue of typed bytes", () => {
  it("sends what is typed while a request is under way as one batch after it", async () => {
    const { queue, done, sizes, text } = queueTo(() => "taken");
    for (const letter of "hello") queue.type(encode(letter));
    await done;
    expect(text()).toBe("hello");
    expect(sizes).toEqual([1, 4]);
  });

  it("types again what never arrived", async () => {
    const { queue, done, text } = queueTo((request) => (request < 3 ? "lost" : "taken"));
    queue.type(encode("abc"));
    await done;
    expect(text()).toBe("abc");
  });

  it("types nothing twice when only the answer was lost", async () => {
    const { queue, done, text } = queueTo((request) => (request % 2 === 0 ? "answer lost" : "taken"));
    for (const letter of "once only") queue.type(encode(letter));
    await done;
    expect(text()).toBe("once only");
  });

  it("waits and sends less at a time while the guest has no room", async () => {
    const { queue, done, sizes, text } = queueTo((request) =>
      request < 2 ? refusal(409, "console_input_full") : "taken",
    );
    queue.type(encode("x".repeat(2000)));
    await done;
    expect(text()).toBe("x".repeat(2000));
    expect(sizes.slice(0, 3)).toEqual([1024, 512, 256]);
  });

  it("drops what is refused for good and says how much", async () => {
    const { queue, done, refused, text } = queueTo(() => refusal(404, "not_found"));
    queue.type(encode("abc"));
    await done;
    expect(text()).toBe("");
    expect(refused).toEqual([{ code: "not_found", dropped: 3 }]);
  });

  it("sends every byte value as it is", async () => {
    const every = Uint8Array.from({ length: 256 }, (_, value) => value);
    const received: number[] = [];
    const queue = new InputQueue({
      send: async (bytes) => void received.push(...bytes),
      newKey: () => "",
      wait: () => Promise.resolve(),
      changed: () => undefined,
      refused: () => undefined,
    });
    queue.type(every);
    await Promise.resolve();
    expect(received).toEqual([...every]);
  });
});
