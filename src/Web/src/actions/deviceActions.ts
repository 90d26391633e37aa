// Actions on the device that is open on the screen.

import { computed, signal } from "@preact/signals";
import { calls, call, create, type RestCall } from "../api/client";
import type { BoardButton, BoardKey, Device, DeviceVerb, Snapshot } from "../api/types";
import { go, routes } from "../state/route";
import { tellDone } from "../state/notices";
import type { DeviceSession } from "../state/session";
import type { Action } from "./action";

/** The open device; null on the other screens. */
export const session = signal<DeviceSession | null>(null);

/** How many instructions a step takes: 1 to 1 000 000. */
export const stepCount = signal(1);

/** How long a click of a button lasts when it is made by one key or from the palette: as a finger's. */
const CLICK_MILLISECONDS = 120;

const NO_DEVICE = "Open a device first.";

const device = (): Device | null => session.value?.device.value ?? null;

function when(condition: (device: Device) => true | string): () => true | string {
  return () => {
    const open = device();
    return open === null ? NO_DEVICE : condition(open);
  };
}

function act(id: string, title: string, keys: string[], verb: DeviceVerb, enabled: (device: Device) => true | string) {
  const request = (): RestCall | null => {
    const open = session.value;
    return open === null ? null : calls.act(open.id, verb, verb === "step" ? stepCount.value : undefined);
  };
  const perform = (): unknown => {
    const made = request();
    return made === null ? false : session.peek()?.act(title, made);
  };
  return { id, title, keys, group: "Device", enabled: when(enabled), perform, request } satisfies Action;
}

const run = act("device.run", "Run", [], "run", ({ state }) =>
  state === "dead" ? "The guest died: reset or power-cycle it first." : state === "paused" || "It runs already.",
);
const pause = act("device.pause", "Pause", [], "pause", ({ state }) => state === "running" || "It does not run.");

const fixedActions: Action[] = [
  run,
  pause,
  {
    id: "device.runPause",
    title: "Run or pause",
    keys: ["Space"],
    group: "Device",
    enabled: when(({ state }) => (state === "running" ? pause.enabled() : run.enabled())),
    perform: () => (device()?.state === "running" ? pause.perform() : run.perform()),
    request: () => (device()?.state === "running" ? pause.request() : run.request()),
  },
  act("device.step", "Step", ["s", "F10"], "step", ({ state }) =>
    state === "paused" || (state === "running" ? "Pause it first." : "The guest died: reset or power-cycle it first."),
  ),
  act("device.reset", "Reset", ["Shift+R"], "reset", () => true),
  act("device.power", "Power cycle", ["Shift+O"], "power", () => true),
  {
    id: "device.snapshot",
    title: "Snapshot",
    keys: ["Shift+S"],
    group: "Device",
    enabled: when(() => true),
    perform: () => {
      const open = session.peek();
      return open?.ask("Snapshot", async () => {
        const snapshot = await create<Snapshot>(calls.takeSnapshot(open.id));
        lastSnapshot.value = snapshot;
        tellDone("Snapshot taken", `at cycle ${snapshot.cycle}. It is in the list of snapshots (key N).`);
      });
    },
    request: () => (session.value === null ? null : calls.takeSnapshot(session.value.id)),
  },
  {
    id: "device.hash",
    title: "State hash",
    keys: ["h"],
    group: "Device",
    enabled: when(({ state }) => state !== "running" || "Pause it first: the hash is of a state that stands still."),
    perform: () => session.peek()?.readHash(),
    request: () => (session.value === null ? null : calls.hash(session.value.id)),
  },
  {
    id: "device.pace",
    title: "Switch real time and fast",
    keys: ["f"],
    group: "Device",
    enabled: when(() => true),
    perform: () => {
      const request = otherPace();
      return request === null ? false : session.peek()?.act("Pace", request);
    },
    request: () => otherPace(),
  },
  {
    id: "device.delete",
    title: "Delete device",
    keys: [],
    group: "Device",
    confirm: "Delete for good?",
    enabled: when(() => true),
    perform: () => {
      const open = session.peek();
      return open?.ask("Delete", async () => {
        await call(calls.deleteDevice(open.id));
        tellDone("Device deleted", open.device.peek()?.name ?? "");
        go(routes.devices);
      });
    },
    request: () => (session.value === null ? null : calls.deleteDevice(session.value.id)),
  },
  {
    id: "terminal.focus",
    title: "Type into the terminal (Esc leaves it)",
    keys: ["t", "Enter"],
    group: "Terminal",
    enabled: () => (session.value?.shownConsole.value ? true : NO_DEVICE),
    perform: () => session.peek()?.shownConsole.peek()?.terminal.focus(),
  },
];

/** The snapshot taken last on this page, to go on from at once. */
export const lastSnapshot = signal<Snapshot | null>(null);

function otherPace(): RestCall | null {
  const open = device();
  return open === null ? null : calls.patchDevice(open.id, { pace: open.pace === "real" ? "fast" : "real" });
}

/** Press while held, press and keep, click: for each button of the board. The first button has the key P. */
function buttonActions(button: BoardButton, index: number): Action[] {
  const request = (drive: BoardButton["pressed"] | "z"): RestCall | null =>
    session.value === null ? null : calls.setPins(session.value.id, { [button.pin]: drive });
  const isHeld = (): boolean => session.value?.isPressed(button) ?? false;
  const enabled = (): true => true;
  const group = "Board";
  const first = index === 0;
  return [
    {
      id: `button.${button.name}.press`,
      title: `${button.name}: press while held`,
      keys: first ? ["p"] : [],
      group,
      enabled,
      perform: () => session.peek()?.press(button),
      release: () => session.peek()?.release(button),
      request: () => request(button.pressed),
    },
    {
      id: `button.${button.name}.hold`,
      title: `${button.name}: hold or let go`,
      keys: first ? ["Shift+P"] : [],
      group,
      enabled,
      perform: () => (isHeld() ? session.peek()?.release(button) : session.peek()?.press(button)),
      request: () => request(isHeld() ? "z" : button.pressed),
    },
    {
      id: `button.${button.name}.click`,
      title: `${button.name}: click`,
      keys: [],
      group,
      enabled,
      perform: async () => {
        const open = session.peek();
        await open?.press(button);
        setTimeout(() => void open?.release(button), CLICK_MILLISECONDS);
      },
    },
  ];
}

/** Press while held, and click: for each key of the board's matrix, on the keyboard's key that stands for it. */
function keyActions(key: BoardKey): Action[] {
  const enabled = (): true => true;
  const group = "Board";
  const request = (held: boolean): RestCall | null =>
    session.value === null ? null : calls.setKeys(session.value.id, { [key.name]: held });
  return [
    {
      id: `key.${key.name}.press`,
      title: `${key.name}: press while held`,
      keys: key.shortcut === "" ? [] : [key.shortcut],
      group,
      enabled,
      perform: () => session.peek()?.hold(key.name, true),
      release: () => session.peek()?.hold(key.name, false),
      request: () => request(true),
    },
    {
      id: `key.${key.name}.click`,
      title: `${key.name}: click`,
      keys: [],
      group,
      enabled,
      perform: async () => {
        const open = session.peek();
        await open?.hold(key.name, true);
        setTimeout(() => void open?.hold(key.name, false), CLICK_MILLISECONDS);
      },
    },
  ];
}

/** Shows the n-th port of the device: keys 1 to 9. */
function portActions(names: string[]): Action[] {
  return names.slice(0, 9).map((name, index) => ({
    id: `terminal.${name}`,
    title: `Show ${name}`,
    keys: [String(index + 1)],
    group: "Terminal",
    enabled: () => true,
    perform: () => {
      const open = session.peek();
      if (open !== null) open.shownPort.value = name;
    },
  }));
}

const buttons = computed(() => JSON.stringify(device()?.buttons ?? []));
const keys = computed(() => JSON.stringify((device()?.keys ?? []).map((key) => ({ ...key, pressed: false }))));
const ports = computed(() => (session.value?.consoles.value ?? []).map((port) => port.name).join("\n"));

// Made again only when the board's buttons and keys or the ports change, not with each state that arrives. Where a
// key of the board and another action want the same key of the keyboard, the board's has it.
export const deviceActions = computed<Action[]>(() => [
  ...(JSON.parse(keys.value) as BoardKey[]).flatMap(keyActions),
  ...fixedActions,
  ...(JSON.parse(buttons.value) as BoardButton[]).flatMap(buttonActions),
  ...portActions(ports.value === "" ? [] : ports.value.split("\n")),
]);
