// The live connection to the server. There is one for the page; it is made again for as long as it takes, and
// after each time everything subscribed is subscribed again from where it had got to.

import { HubConnectionBuilder, HttpTransportType, LogLevel, type HubConnection } from "@microsoft/signalr";
import { signal } from "@preact/signals";
import { apiKey } from "../api/client";
import type { Device, IpcEvent, Pin } from "../api/types";

export type HubStatus = { kind: "off" } | { kind: "live" } | { kind: "waiting"; attempt: number; retryAt: number };

/** What to send of a device. Console: the offset wanted next, for each port. */
export interface SubscribeRequest {
  console: Record<string, number> | null;
  state: boolean;
  pins: boolean;
  display: boolean;
  /** The step of messages between processes that is wanted next; null for none. */
  ipc: string | null;
}

export interface DeviceListener {
  /** Asked for at each (re)connection, so that it can name the offsets reached by then. */
  request(): SubscribeRequest;
  console(port: string, offset: number, base64: string): void;
  consoleGone(port: string, oldestOffset: number): void;
  state(device: Device): void;
  pins(changed: Pin[]): void;
  /** @param png The picture in base64. */
  display(png: string): void;
  ipc(events: IpcEvent[]): void;
  ipcGone(oldest: number): void;
  /** The server refused the subscription, e.g. because the device is gone. */
  refused(reason: string): void;
}

/** Milliseconds before each further attempt; the last one stays. */
const RETRY = [0, 250, 500, 1000, 2000, 5000];
/** The server pings every 5 s; after this long without a word the connection counts as dead. */
const SERVER_TIMEOUT = 12_000;
/** How long a connection may take to be made: into a network that swallows packets it would take minutes. */
const START_TIMEOUT = 10_000;

export const hubStatus = signal<HubStatus>({ kind: "off" });

const listeners = new Map<string, DeviceListener>();
let connection: HubConnection | null = null;
let wake: () => void = () => undefined;

/** Follows a device until the returned function is called. One listener a device. */
export function follow(device: string, listener: DeviceListener): () => void {
  listeners.set(device, listener);
  if (connection === null) void run();
  else void subscribe(device);
  return () => {
    listeners.delete(device);
    if (hubStatus.peek().kind === "live") connection?.invoke("Unsubscribe", device).catch(() => undefined);
  };
}

/** Asks for a device's streams again, from where its listener now is. */
export async function subscribe(device: string): Promise<void> {
  const listener = listeners.get(device);
  if (listener === undefined || connection === null || hubStatus.peek().kind !== "live") return;
  try {
    await connection.invoke("Subscribe", device, listener.request());
  } catch (error) {
    // When the connection broke meanwhile, the next one subscribes; otherwise it was the server that said no.
    if (hubStatus.peek().kind === "live") listener.refused(error instanceof Error ? error.message : String(error));
  }
}

/** Connects again at once, for example with another key. */
export function reconnect(): void {
  if (connection !== null) void connection.stop();
  wake();
}

async function run(): Promise<void> {
  connection = build();
  for (const event of ["online", "focus"]) window.addEventListener(event, () => wake());
  for (let attempt = 0; ; attempt++) {
    try {
      const closed = new Promise<void>((resolve) => connection?.onclose(() => resolve()));
      await within(START_TIMEOUT, connection.start());
      attempt = 0;
      hubStatus.value = { kind: "live" };
      for (const device of listeners.keys()) void subscribe(device);
      await closed;
    } catch {
      // Not reached; said by the status below.
      void connection.stop();
    }
    const delay = RETRY[Math.min(attempt, RETRY.length - 1)] ?? 0;
    hubStatus.value = { kind: "waiting", attempt: attempt + 1, retryAt: Date.now() + delay };
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, delay);
    });
    connection = build();
  }
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error("timed out")), milliseconds)),
  ]);
}

function build(): HubConnection {
  const hub = new HubConnectionBuilder()
    .withUrl("/v1/hub", {
      accessTokenFactory: apiKey.get,
      transport: HttpTransportType.WebSockets,
      skipNegotiation: true,
    })
    .configureLogging(LogLevel.None)
    .build();
  hub.serverTimeoutInMilliseconds = SERVER_TIMEOUT;
  hub.keepAliveIntervalInMilliseconds = 4_000;
  hub.on("console", (device: string, port: string, offset: string, base64: string) =>
    listeners.get(device)?.console(port, Number(offset), base64),
  );
  hub.on("consoleGone", (device: string, port: string, oldest: string) =>
    listeners.get(device)?.consoleGone(port, Number(oldest)),
  );
  hub.on("state", (device: string, state: Device) => listeners.get(device)?.state(state));
  hub.on("display", (device: string, _changes: string, png: string) => listeners.get(device)?.display(png));
  hub.on("ipc", (device: string, events: IpcEvent[]) => listeners.get(device)?.ipc(events));
  hub.on("ipcGone", (device: string, oldest: string) => listeners.get(device)?.ipcGone(Number(oldest)));
  hub.on("pins", (device: string, pins: Pin[]) => listeners.get(device)?.pins(pins));
  return hub;
}
