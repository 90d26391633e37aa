// What is known of the Xous on the open device. Tables are asked for again while they are looked at and the device
// moves; messages come from the hub, from the step that was reached.

import { signal } from "@preact/signals";
import { api } from "../api/client";
import type { InterruptClaim, IpcEvent, XousProcess, XousServer } from "../api/types";
import type { XousViewName } from "./xousView";

const INTERVAL = 1000;
/** Steps of messages that are drawn. */
const KEPT = 300;

export class XousFeed {
  readonly processes = signal<XousProcess[]>([]);
  readonly servers = signal<XousServer[]>([]);
  readonly interrupts = signal<InterruptClaim[]>([]);
  /** The newest first. */
  readonly messages = signal<IpcEvent[]>([]);
  /** Steps that the server no longer had when they were asked for. */
  readonly dropped = signal(0);

  private shown: XousViewName | "" = "";
  private timer: ReturnType<typeof setInterval> | undefined;
  private next = 1;
  private seenCycle = "";

  /**
   * @param cycle The device's cycle as last heard of.
   * @param again Asks for the hub's streams again, with or without messages.
   */
  constructor(
    private readonly device: string,
    private readonly cycle: () => string,
    private readonly again: () => void,
  ) {}

  /** The step to begin at, or null while nobody looks at messages. */
  get wanted(): string | null {
    return this.shown === "messages" ? String(this.next) : null;
  }

  /** Looks at one view, or with "" at none. */
  show(view: XousViewName | ""): void {
    if (view === this.shown) return;
    const messages = this.shown === "messages" || view === "messages";
    this.shown = view;
    this.seenCycle = "";
    clearInterval(this.timer);
    if (view !== "") {
      void this.load();
      this.timer = setInterval(() => document.visibilityState === "visible" && void this.load(), INTERVAL);
    }
    if (messages) this.again();
  }

  receive(events: IpcEvent[]): void {
    const fresh = events.filter((event) => Number(event.sequence) >= this.next);
    const last = fresh.at(-1);
    if (last === undefined) return;
    this.next = Number(last.sequence) + 1;
    this.messages.value = [...fresh.reverse(), ...this.messages.peek()].slice(0, KEPT);
  }

  /** The server keeps nothing before a step any more, and goes on there. */
  skipTo(oldest: number): void {
    this.dropped.value += Math.max(0, oldest - this.next);
    this.next = Math.max(this.next, oldest);
  }

  private async load(): Promise<void> {
    const cycle = this.cycle();
    if (cycle === this.seenCycle) return;
    try {
      const [processes, servers, interrupts] = await Promise.all([
        api.processes(this.device),
        api.servers(this.device),
        this.shown === "interrupts" ? api.interrupts(this.device) : null,
      ]);
      this.seenCycle = cycle;
      this.processes.value = processes.processes;
      this.servers.value = servers.servers;
      if (interrupts !== null) this.interrupts.value = interrupts.interrupts;
    } catch {
      // The device went away or the server does not answer: both are shown elsewhere, and it is asked again.
    }
  }
}
