// The documents of /v1, as the server sends them. Counts that can pass 2^53 are decimal strings.

/** Addresses and sizes in a preflight report: a number, or text such as "0x60060000". */
export type HexNumber = number | string;

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface ImageFile {
  name: string;
  size: number;
  format: string;
}

export interface Image {
  id: string;
  name: string;
  digest: string;
  createdAt: string;
  size: number;
  files: ImageFile[];
  report: PreflightReport;
}

/** What an image would write, found out before anything runs. */
export interface PreflightReport {
  /** By address; ranges past the server's limit are only counted. */
  writes: PreflightWrite[];
  writesLeftOut: number;
  headers: SignatureHeader[];
  /** The board that the content implies; null when it fits any. */
  board: string | null;
  boardReason: string;
  entry: HexNumber;
  entryReason: string;
  symbols: number;
  warnings: PreflightWarning[];
}

export interface PreflightWrite {
  file: string;
  address: HexNumber;
  length: number;
  memory: string;
  /** What that part of the memory is for, such as "boot1" or "kernel". */
  region: string;
}

export interface PreflightWarning {
  code: string;
  message: string;
  file: string | null;
  address: HexNumber | null;
}

/** The vendor's signature header of one stage. */
export interface SignatureHeader {
  address: HexNumber;
  place: string;
  functionName: string;
  semver: string | null;
  antiRollback: number;
  /** What the signature is worth to the stage that checks it. Images imported long ago say "not verified". */
  signatureCheck: "valid" | "otherKey" | "invalid" | "none" | "not verified";
  /** The tag of the key that made it, where that is known. */
  signedBy?: string | null;
  /** The stage that checks it, such as "boot1". */
  checkedBy?: string;
}

export type DeviceState = "paused" | "running" | "dead";
export type Pace = "real" | "fast";
export type DeviceVerb = "run" | "pause" | "step" | "reset" | "power";

export interface Death {
  pc: HexNumber;
  cause: HexNumber | null;
  value: HexNumber | null;
  reason: string;
  cycle: string | number;
}

/** A check that ended a boot or set it back. */
export interface BootGuard {
  /** For programs: it never changes. */
  code: string;
  /** Whose check it is, such as "boot1". */
  stage: string;
  meaning: string;
  advice: string;
  /** Whether the boot is over with it; else it goes on, or starts again. */
  ends: boolean;
  cycle: string;
}

/** How far a boot has come. */
export interface Boot {
  /** "program" where something else than a Xous runs. */
  stage: "boot1" | "loader" | "kernel" | "services" | "program";
  guard: BootGuard | null;
  /** Made by the guest or its watchdog since the last one from outside. */
  resets: number;
  lastReset: string;
  /** The end of what was printed: printable characters alone. */
  lastText: { duart: string; uart2: string };
}

/** An access to a part of the chip that is not modelled. */
export interface UnmodelledAccess {
  name: string;
  address: HexNumber;
  isWrite: boolean;
  value: HexNumber | null;
  pc: HexNumber;
  cycle: string | number;
}

export interface ConsoleInfo {
  port: string;
  /** Bytes sent by the guest so far. */
  length: string;
  primary: boolean;
}

export type PinLevel = 0 | 1;
/** What the outside does to a pad: pulls it low, pulls it high, or leaves it alone. */
export type PinDrive = "0" | "1" | "z";

export interface BoardButton {
  name: string;
  pin: string;
  /** What the pad is driven to while the button is held. */
  pressed: "0" | "1";
}

/** A key of the board's matrix. */
export interface BoardKey {
  name: string;
  /** The pads that it joins while it is held. */
  row: string;
  column: string;
  /** The key of a keyboard that stands for it, as KeyboardEvent.key has it. */
  shortcut: string;
  pressed: boolean;
}

/** How a device's chip was set before its firmware first ran. */
export interface Factory {
  boardType: "dabao" | "baosec" | "oem";
  bootWait: boolean;
  developerMode: boolean;
  /** One-way counters by number. */
  counters: Record<string, number>;
}

export interface Device {
  id: string;
  name: string;
  board: string;
  imageId: string | null;
  seed: string;
  factory: Factory;
  pace: Pace;
  engine: string;
  state: DeviceState;
  createdAt: string;
  cycle: string;
  virtualNanoseconds: string;
  instructions: string;
  mips: number;
  realTimeRatio: number;
  idle: boolean;
  death: Death | null;
  /** How the server failed on this device: no fault of the guest's. */
  serverFailure: string | null;
  boot: Boot;
  unmodelled: UnmodelledAccess[];
  consoles: ConsoleInfo[];
  buttons: BoardButton[];
  keys: BoardKey[];
  /** In pixels; null where the board has no display. */
  display: { width: number; height: number } | null;
  hash: string | null;
}

/** Memory in pages of 4096 bytes. */
export interface ProcessMemory {
  owned: number | null;
  mapped: number;
  reserved: number;
  lent: number;
  swapped: number;
}

/** A Xous thread; `call` is what it waits in. */
export interface XousThread {
  tid: number | null;
  state: "ready" | "running" | "waiting";
  pc: HexNumber;
  call: { call: string; since: string; server: string | null; message: string | null; thread: number | null } | null;
}

export interface XousProcess {
  pid: number;
  name: string | null;
  state: "ready" | "running" | "sleeping" | "terminated";
  satp: HexNumber;
  memory: ProcessMemory;
  connections: number;
  threads: XousThread[];
  end: { reason: string; cycle: string } | null;
}

export interface XousServer {
  /** The SID: text, or four words in hex. */
  id: string;
  name: string | null;
  /** 0 where it was not seen. */
  owner: number;
  queued: number;
  unanswered: number;
  connections: { pid: number; cid: number }[];
}

export interface InterruptClaim {
  line: number;
  pid: number;
  handler: HexNumber;
  argument: HexNumber;
  count: string;
}

/** One step of a message between processes. */
export interface IpcEvent {
  sequence: string;
  virtualNanoseconds: string;
  step: "sent" | "received" | "answered" | "failed";
  kind: string;
  senderPid: number;
  senderTid: number | null;
  server: string | null;
  opcode: number;
  memory: { address: HexNumber; length: number } | null;
  words: number[];
  result: string | null;
  error: string | null;
}

export interface Pin {
  name: string;
  level: PinLevel;
  output: boolean;
  driven: PinDrive;
}

export interface Registers {
  pc: HexNumber;
  x: HexNumber[];
  privilege: string;
  csrs: { name: string; number: number; value: HexNumber }[];
}

export interface Snapshot {
  id: string;
  deviceId: string;
  imageId: string | null;
  board: string;
  seed: string;
  cycle: string;
  virtualNanoseconds: string;
  hash: string;
  name: string | null;
  createdAt: string;
  size: number;
}

export interface Board {
  id: string;
  name: string;
  console: string;
  buttons: BoardButton[];
}

export interface NewDevice {
  board?: string;
  image?: string;
  snapshot?: string;
  name?: string;
  seed?: string;
  factory?: Partial<Factory>;
  pace?: Pace;
  start?: boolean;
}
