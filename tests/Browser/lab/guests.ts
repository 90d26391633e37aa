// The guests as files that a person would drop.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";

export interface DroppedFile {
  name: string;
  bytes: Buffer;
}

export function elf(program: string, name = `${program}.elf`): DroppedFile {
  return { name, bytes: readFileSync(join(inject("firmware"), `${program}.elf`)) };
}

export function bin(program: string, name = `${program}.bin`): DroppedFile {
  return { name, bytes: readFileSync(join(inject("firmware"), `${program}.bin`)) };
}

const SLOT = 0x6006_0000;
const FAMILY = 0xa7d7_6373;
const PAYLOAD = 256;

/** The program as a set of UF2 files, each with a part of it. Format: UF2 specification, family of the chip. */
export function uf2Set(program: string, parts: number): DroppedFile[] {
  const { bytes } = bin(program);
  const blocks = Math.ceil(bytes.length / PAYLOAD);
  const each = Math.ceil(blocks / parts);
  return Array.from({ length: parts }, (_, part) => ({
    name: `${program}-${part}.uf2`,
    bytes: uf2(bytes.subarray(part * each * PAYLOAD, (part + 1) * each * PAYLOAD), SLOT + part * each * PAYLOAD),
  }));
}

/** The program with a signature that no key made. */
export function wronglySigned(program: string): DroppedFile {
  const { bytes } = bin(program);
  bytes.writeUInt8(1, 4);
  return { name: `${program}.uf2`, bytes: uf2(bytes, SLOT) };
}

function uf2(bytes: Buffer, address: number): Buffer {
  const blocks = Math.ceil(bytes.length / PAYLOAD);
  const file = Buffer.alloc(blocks * 512);
  for (let block = 0; block < blocks; block++) {
    const at = block * 512;
    const head = [0x0a324655, 0x9e5d5157, 0x2000, address + block * PAYLOAD, PAYLOAD, block, blocks, FAMILY];
    head.forEach((word, index) => file.writeUInt32LE(word, at + index * 4));
    bytes.copy(file, at + 32, block * PAYLOAD, (block + 1) * PAYLOAD);
    file.writeUInt32LE(0x0ab16f30, at + 508);
  }
  return file;
}
