// The calls the page makes, one function each. Everything the page shows comes from these and from the hub,
// so whatever it does can be done with curl as well (see actions/curl.ts).

import { ApiError, readProblem, unanswered } from "./problem";
import type {
  Board,
  Device,
  DeviceVerb,
  Image,
  InterruptClaim,
  NewDevice,
  Pace,
  Page,
  Pin,
  PinDrive,
  Registers,
  Snapshot,
  XousProcess,
  XousServer,
} from "./types";

/** A request of the public API, as the page makes it and as "copy as curl" shows it. */
export interface RestCall {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  json?: unknown;
}

const KEY_NAME = "xouscloud.key";

/** The bearer key that the person gave, kept in this browser; empty when the server needs none. */
export const apiKey = {
  get: (): string => localStorage.getItem(KEY_NAME) ?? "",
  set: (key: string): void => (key === "" ? localStorage.removeItem(KEY_NAME) : localStorage.setItem(KEY_NAME, key)),
};

/** 128 random bits, for Idempotency-Key: a repeat of a request whose answer was lost does nothing twice. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (apiKey.get() !== "") headers.set("Authorization", `Bearer ${apiKey.get()}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, signal: init.signal ?? AbortSignal.timeout(30_000) });
  } catch {
    throw unanswered();
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}

async function answer<T>(path: string, init: RequestInit): Promise<T> {
  const response = await send(path, init);
  try {
    return (response.status === 204 ? undefined : await response.json()) as T;
  } catch {
    throw unanswered();
  }
}

/** Makes a call with a JSON body or none. */
export function call<T>({ method, path, json }: RestCall, headers: Record<string, string> = {}): Promise<T> {
  if (json !== undefined) headers = { ...headers, "Content-Type": "application/json" };
  return answer<T>(path, { method, headers, body: json === undefined ? null : JSON.stringify(json) });
}

/** Creates something once, however often the answer gets lost: the repeat carries the same key. */
export async function create<T>(request: RestCall): Promise<T> {
  const headers = { "Idempotency-Key": newIdempotencyKey() };
  try {
    return await call<T>(request, headers);
  } catch (error) {
    if (error instanceof ApiError && error.unanswered) return call<T>(request, headers);
    throw error;
  }
}

/** Every item of a list, page after page. */
async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let next: string | null = null;
  do {
    const query: string = next === null ? "" : `&cursor=${encodeURIComponent(next)}`;
    const page: Page<T> = await call<Page<T>>({ method: "GET", path: `${path}?limit=100${query}` });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < 1000);
  return items;
}

const id = encodeURIComponent;

// The calls that an action makes are data, so that the page can show them as well as make them.
export const calls = {
  act: (device: string, action: DeviceVerb, count?: number): RestCall => ({
    method: "POST",
    path: `/v1/devices/${id(device)}/actions`,
    json: count === undefined ? { action } : { action, count },
  }),
  setPins: (device: string, pins: Record<string, PinDrive>): RestCall => ({
    method: "PUT",
    path: `/v1/devices/${id(device)}/pins`,
    json: pins,
  }),
  setKeys: (device: string, held: Record<string, boolean>): RestCall => ({
    method: "PUT",
    path: `/v1/devices/${id(device)}/keys`,
    json: held,
  }),
  takeSnapshot: (device: string, name?: string): RestCall => ({
    method: "POST",
    path: `/v1/devices/${id(device)}/snapshots`,
    json: name === undefined ? {} : { name },
  }),
  deleteDevice: (device: string): RestCall => ({ method: "DELETE", path: `/v1/devices/${id(device)}` }),
  patchDevice: (device: string, change: { name?: string; pace?: Pace }): RestCall => ({
    method: "PATCH",
    path: `/v1/devices/${id(device)}`,
    json: change,
  }),
  hash: (device: string): RestCall => ({ method: "GET", path: `/v1/devices/${id(device)}?hash=true` }),
  createDevice: (device: NewDevice): RestCall => ({ method: "POST", path: "/v1/devices", json: device }),
  deleteImage: (image: string): RestCall => ({ method: "DELETE", path: `/v1/images/${id(image)}` }),
  deleteSnapshot: (snapshot: string): RestCall => ({ method: "DELETE", path: `/v1/snapshots/${id(snapshot)}` }),
};

/** A file chosen by a person, with the address that a raw binary needs and the others bring themselves. */
export interface Upload {
  file: File;
  address: string;
}

export const api = {
  devices: () => all<Device>("/v1/devices"),
  device: (device: string) => call<Device>({ method: "GET", path: `/v1/devices/${id(device)}` }),
  registers: (device: string) => call<Registers>({ method: "GET", path: `/v1/devices/${id(device)}/registers` }),
  processes: (device: string) =>
    call<{ processes: XousProcess[] }>({ method: "GET", path: `/v1/devices/${id(device)}/processes` }),
  servers: (device: string) =>
    call<{ servers: XousServer[] }>({ method: "GET", path: `/v1/devices/${id(device)}/servers` }),
  interrupts: (device: string) =>
    call<{ interrupts: InterruptClaim[] }>({ method: "GET", path: `/v1/devices/${id(device)}/interrupts` }),
  images: () => all<Image>("/v1/images"),
  image: (image: string) => call<Image>({ method: "GET", path: `/v1/images/${id(image)}` }),
  snapshots: () => all<Snapshot>("/v1/snapshots"),
  snapshot: (snapshot: string) => call<Snapshot>({ method: "GET", path: `/v1/snapshots/${id(snapshot)}` }),
  boards: () => call<Board[] | Page<Board>>({ method: "GET", path: "/v1/boards" }),
  setPins: (device: string, pins: Record<string, PinDrive>) => call<{ pins: Pin[] }>(calls.setPins(device, pins)),

  upload(files: Upload[], entry: string): Promise<Image> {
    const form = new FormData();
    for (const { file, address } of files) {
      form.append("file", file, address === "" ? file.name : `${file.name}@${address}`);
    }
    if (entry !== "") form.append("entry", entry);
    return answer<Image>("/v1/images", {
      method: "POST",
      headers: { "Idempotency-Key": newIdempotencyKey() },
      body: form,
      signal: AbortSignal.timeout(300_000),
    });
  },

  /** Sends typed bytes. The same key again, after a lost answer, sends nothing twice. */
  type(device: string, port: string, bytes: Uint8Array<ArrayBuffer>, idempotencyKey: string): Promise<unknown> {
    return answer(`/v1/devices/${id(device)}/console?port=${id(port)}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "Idempotency-Key": idempotencyKey },
      body: bytes,
      signal: AbortSignal.timeout(10_000),
    });
  },
};

export { ApiError };
