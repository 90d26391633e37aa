// Short messages at the foot of the page: what failed and what to do, or what was done out of sight.

import { signal } from "@preact/signals";
import { ApiError } from "../api/problem";

export interface Notice {
  id: number;
  kind: "error" | "done";
  /** What was tried, or what was done. */
  title: string;
  detail: string;
  advice: string;
}

export const notices = signal<Notice[]>([]);

const KEPT = 4;
const DONE_MILLISECONDS = 6_000;
let count = 0;

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function tellDone(title: string, detail = ""): void {
  const id = add({ kind: "done", title, detail, advice: "" });
  setTimeout(() => dismiss(id), DONE_MILLISECONDS);
}

/**
 * Errors stay until they are dismissed or the same thing is tried again.
 * @param error What was thrown, or the words for it.
 */
export function tellError(title: string, error: unknown): void {
  if (!(error instanceof ApiError) && typeof error !== "string") console.error(error);
  add({ kind: "error", title, ...explain(error) });
}

export function explain(error: unknown): { detail: string; advice: string } {
  if (error instanceof ApiError) {
    const { detail, title, errors, advice, code, traceId } = error.problem;
    const more = errors.filter((message) => !detail.includes(message)).map((message) => ` ${message}`).join("");
    const trace = error.problem.status >= 500 && traceId !== "" ? `, trace ${traceId}` : "";
    return { detail: `${detail || title}${more} (${code}${trace})`, advice };
  }
  if (typeof error === "string") return { detail: error, advice: "" };
  const message = error instanceof Error ? error.message : String(error);
  return { detail: `The page failed: ${message}`, advice: "Reload the page; the device is not affected." };
}

function add(notice: Omit<Notice, "id">): number {
  const id = ++count;
  const others = notices.value.filter((other) => other.title !== notice.title);
  notices.value = [...others, { id, ...notice }].slice(-KEPT);
  return id;
}
