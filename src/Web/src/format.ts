// Numbers as an engineer reads them: grouped, with a unit, and of a steady width.

import type { HexNumber } from "./api/types";

const GROUP = "\u2009"; // thin space

function groups(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, GROUP);
}

/** 1234567 → "1 234 567". */
export function count(value: number | string): string {
  return groups(String(value));
}

/** Virtual nanoseconds → "12.318 402 115 s". */
export function virtualTime(nanoseconds: string): string {
  const digits = nanoseconds.padStart(10, "0");
  const fraction = digits.slice(-9);
  return `${groups(digits.slice(0, -9))}.${fraction.slice(0, 3)}${GROUP}${fraction.slice(3, 6)}${GROUP}${fraction.slice(6)} s`;
}

/** 0x60060000 → "0x6006_0000". */
export function hex(value: HexNumber | null, digits = 8): string {
  if (value === null) return "–";
  const number = Number(value);
  if (!Number.isFinite(number)) return String(value);
  const text = number.toString(16).toUpperCase().padStart(digits, "0");
  return `0x${digits === 8 && text.length === 8 ? `${text.slice(0, 4)}_${text.slice(4)}` : text}`;
}

export function size(bytes: HexNumber): string {
  const number = Number(bytes);
  if (number < 4096) return `${count(number)} B`;
  if (number < 4 << 20) return `${(number / 1024).toFixed(1)} KiB`;
  return `${(number / (1 << 20)).toFixed(1)} MiB`;
}

/** The end of a range, exclusive. */
export function rangeEnd(start: HexNumber, length: HexNumber): number {
  return Number(start) + Number(length);
}

/** Local date and time without seconds' fractions. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
