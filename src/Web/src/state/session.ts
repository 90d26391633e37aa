// The device that is open on the screen: its state, pins and consoles as they come from the hub, and what the
// person does to it, in order.

import { computed, signal } from "@preact/signals";
import { api, call, calls, newIdempotencyKey, type RestCall } from "../api/client";
import { ApiError } from "../api/problem";
import type { BoardButton, BoardKey, Device, Pin, PinDrive, Registers } from "../api/types";
import { follow, subscribe, type SubscribeRequest } from "../stream/hub";
import { ConsolePort } from "./consolePort";
import { tellError } from "./notices";
import { XousFeed } from "./xousFeed";

export class DeviceSession {
  readonly device = signal<Device | null>(null);
  /** Why there is nothing to show: the device cannot be had. */
  readonly failure = signal<unknown>(null);
  readonly pins = signal<ReadonlyMap<string, Pin>>(new Map());
  /** What the board's display shows, as an address that an image takes; empty before anything came. */
  readonly display = signal("");
  readonly consoles = signal<readonly ConsolePort[]>([]);
  readonly shownPort = signal("");
  readonly registers = signal<Registers | null>(null);
  readonly hash = signal<{ value: string; cycle: string } | null>(null);

  readonly xous: XousFeed;

  private stopFollowing: () => void = () => undefined;
  private stopped = false;
  /** What was asked of the device goes out one after another: a release never overtakes its press. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(readonly id: string) {
    this.xous = new XousFeed(
      id,
      () => this.device.peek()?.cycle ?? "",
      () => void subscribe(id),
    );
  }

  readonly shownConsole = computed(
    () => this.consoles.value.find((port) => port.name === this.shownPort.value) ?? this.consoles.value[0] ?? null,
  );

  async open(): Promise<void> {
    try {
      const device = await api.device(this.id);
      if (this.stopped) return;
      this.failure.value = null;
      this.take(device);
    } catch (error) {
      this.failure.value = error;
      return;
    }
    this.stopFollowing = follow(this.id, {
      request: () => this.wanted(),
      console: (name, offset, base64) =>
        this.consoles.peek().find((console) => console.name === name)?.receive(offset, base64),
      // The server goes on from there by itself.
      consoleGone: (name, oldest) =>
        this.consoles.peek().find((console) => console.name === name)?.skipTo(oldest),
      state: (device) => this.take(device),
      pins: (changed) => {
        this.pins.value = new Map([...this.pins.peek(), ...changed.map((pin) => [pin.name, pin] as const)]);
      },
      display: (png) => (this.display.value = `data:image/png;base64,${png}`),
      ipc: (events) => this.xous.receive(events),
      ipcGone: (oldest) => this.xous.skipTo(oldest),
      refused: (reason) => void this.checkStillThere(reason),
    });
  }

  close(): void {
    this.stopped = true;
    this.stopFollowing();
    this.xous.show("");
    for (const port of this.consoles.peek()) port.close();
  }

  /** Makes a call that answers with the device, after all asked for before. Errors are told to the person. */
  act(title: string, request: RestCall): Promise<boolean> {
    return this.ask(title, async () => this.take(await call<Device>(request)));
  }

  drive(title: string, pins: Record<string, PinDrive>): Promise<boolean> {
    return this.ask(title, async () => {
      const answer = await api.setPins(this.id, pins);
      this.pins.value = new Map(answer.pins.map((pin) => [pin.name, pin]));
    });
  }

  press(button: BoardButton): Promise<boolean> {
    return this.drive(`Press ${button.name}`, { [button.pin]: button.pressed });
  }

  release(button: BoardButton): Promise<boolean> {
    return this.drive(`Release ${button.name}`, { [button.pin]: "z" });
  }

  isPressed(button: BoardButton): boolean {
    return this.pins.value.get(button.pin)?.driven === button.pressed;
  }

  /** Holds a key of the board's matrix, or lets it go. */
  hold(name: string, held: boolean): Promise<boolean> {
    return this.ask(`${held ? "Press" : "Release"} ${name}`, async () => {
      const { keys } = await call<{ keys: BoardKey[] }>(calls.setKeys(this.id, { [name]: held }));
      const device = this.device.peek();
      if (device !== null) this.device.value = { ...device, keys };
    });
  }

  isHeld(name: string): boolean {
    return this.device.value?.keys.some((key) => key.name === name && key.pressed) ?? false;
  }

  readHash(): Promise<boolean> {
    return this.ask("State hash", async () => {
      const device = await call<Device>(calls.hash(this.id));
      this.take(device);
      if (device.hash !== null) this.hash.value = { value: device.hash, cycle: device.cycle };
    });
  }

  /** Runs `work` after all that was asked for before. */
  ask(title: string, work: () => Promise<void>): Promise<boolean> {
    const done = this.queue.then(work).then(
      () => true,
      (error: unknown) => {
        tellError(`${title}: not done`, error);
        return false;
      },
    );
    this.queue = done;
    return done;
  }

  private wanted(): SubscribeRequest {
    const console = Object.fromEntries(this.consoles.peek().map((port) => [port.name, port.wanted]));
    const display = this.device.peek()?.display !== null;
    return { console, state: true, pins: true, display, ipc: this.xous.wanted };
  }

  private take(device: Device): void {
    if (this.stopped) return;
    const before = this.device.peek();
    this.device.value = device;
    this.followConsoles(device);
    if (device.state === "running") this.registers.value = null;
    else if (before?.cycle !== device.cycle || before.state !== device.state) void this.readRegisters();
    if (this.hash.peek() !== null && this.hash.peek()?.cycle !== device.cycle) this.hash.value = null;
  }

  private followConsoles(device: Device): void {
    const known = new Set(this.consoles.peek().map((port) => port.name));
    const added = device.consoles.filter((info) => !known.has(info.port));
    if (added.length === 0) return;
    const ports = added.map(
      (info) =>
        new ConsolePort(info.port, info.primary, {
          send: (bytes, key) => api.type(this.id, info.port, bytes, key),
          newKey: newIdempotencyKey,
          again: () => void subscribe(this.id),
        }),
    );
    const all = [...this.consoles.peek(), ...ports];
    this.consoles.value = all.sort((a, b) => Number(b.primary) - Number(a.primary) || a.name.localeCompare(b.name));
    if (this.shownPort.peek() === "") this.shownPort.value = this.consoles.peek()[0]?.name ?? "";
    if (known.size > 0) void subscribe(this.id);
  }

  private async readRegisters(): Promise<void> {
    try {
      this.registers.value = await api.registers(this.id);
    } catch {
      // The device ran on or went away meanwhile; there is nothing to show.
      this.registers.value = null;
    }
  }

  private async checkStillThere(reason: string): Promise<void> {
    try {
      this.take(await api.device(this.id));
      tellError("Live stream refused", reason);
    } catch (error) {
      if (error instanceof ApiError && error.unanswered) return;
      this.failure.value = error;
    }
  }
}
