// Firmware files on their way in: dropped or chosen, sent together as one image, and the report shown.

import { signal } from "@preact/signals";
import { api, type Upload } from "../api/client";
import { ApiError } from "../api/problem";
import { go, routes } from "./route";


export type ImportStatus = { kind: "idle" } | { kind: "sending"; bytes: number } | { kind: "failed"; error: unknown };

export const chosen = signal<Upload[]>([]);
/** Entry address in place of the one that the files imply; empty for theirs. */
export const entry = signal("");
export const importStatus = signal<ImportStatus>({ kind: "idle" });

/** Takes new files. They are sent at once, unless one of them needs an address first. */
export function choose(files: File[]): void {
  if (files.length === 0) return;
  chosen.value = files.map((file) => ({ file, address: "" }));
  entry.value = "";
  importStatus.value = { kind: "idle" };
  if (files.some((file) => needsAddress(file.name))) go(routes.import);
  else void sendChosen();
}

/** A raw binary says neither where it goes nor what it is. */
export function needsAddress(name: string): boolean {
  return name.toLowerCase().endsWith(".bin") && !/@0x[0-9a-f]+$/i.test(name);
}

/** "6006_0000" and "0x60060000" are the same address; empty stays empty. */
function hexDigits(text: string): string {
  const digits = text.trim().replaceAll("_", "").replace(/^0x/i, "");
  return digits === "" ? "" : `0x${digits}`;
}

export async function sendChosen(): Promise<void> {
  const files = chosen.peek();
  importStatus.value = { kind: "sending", bytes: files.reduce((sum, { file }) => sum + file.size, 0) };
  try {
    const placed = files.map(({ file, address }) => ({ file, address: hexDigits(address) }));
    const image = await api.upload(placed, hexDigits(entry.peek()));
    chosen.value = [];
    importStatus.value = { kind: "idle" };
    go(routes.image(image.id));
  } catch (error) {
    importStatus.value = { kind: "failed", error };
    if (!(error instanceof ApiError)) console.error(error);
    go(routes.import);
  }
}
