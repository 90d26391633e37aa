// The board around the chip: its buttons, and all pads with their levels, which can be driven by hand.

import { useSignal, type Signal } from "@preact/signals";
import type { BoardButton, Device, Pin, PinDrive } from "../api/types";
import type { DeviceSession } from "../state/session";
import { ActionButton } from "./ActionButton";

const PORTS = ["A", "B", "C", "D", "E", "F"];
const PER_PORT = 16;

export function BoardPanel({ open, device }: { open: DeviceSession; device: Device }) {
  const selected = useSignal(device.buttons[0]?.pin ?? "PA0");
  return (
    <section class="panel" aria-label="Board">
      <h2>Board</h2>
      {device.buttons.map((button) => (
        <Button key={button.name} button={button} held={open.isPressed(button)} />
      ))}
      <PinGrid open={open} selected={selected} />
      <SelectedPin open={open} pin={open.pins.value.get(selected.value)} />
    </section>
  );
}

function Button({ button, held }: { button: BoardButton; held: boolean }) {
  return (
    <div class="board-button">
      <ActionButton id={`button.${button.name}.press`} label={button.name} pressed={held} class="push" />
      <ActionButton id={`button.${button.name}.hold`} label={held ? "Let go" : "Hold"} />
      <span class="quiet">
        {button.pin} {held ? "pressed" : "released"}
      </span>
    </div>
  );
}

function describe(pin: Pin): string {
  const driven = pin.driven === "z" ? "" : `, driven ${pin.driven} by hand`;
  return `${pin.name} ${pin.output ? "output" : "input"}, level ${pin.level}${driven}`;
}

function PinGrid({ open, selected }: { open: DeviceSession; selected: Signal<string> }) {
  const pins = open.pins.value;
  const keyDown = (event: KeyboardEvent): void => {
    const name = selected.value;
    const drive = ({ "0": "0", "1": "1", z: "z" } as Record<string, PinDrive | undefined>)[event.key];
    if (drive !== undefined && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      void open.drive(`Drive ${name}`, { [name]: drive });
      return;
    }
    const [across, down] = ARROWS[event.key] ?? [0, 0];
    if (across === 0 && down === 0) return;
    event.preventDefault();
    const port = PORTS.indexOf(name.charAt(1)) + down;
    const number = Number(name.slice(2)) + across;
    if (port < 0 || port >= PORTS.length || number < 0 || number >= PER_PORT) return;
    selected.value = `P${PORTS[port]}${number}`;
    document.getElementById(`pin-${selected.value}`)?.focus();
  };
  return (
    <table class="pins" role="grid" aria-label="Pads" onKeyDown={keyDown}>
      <thead>
        <tr>
          <td />
          {Array.from({ length: PER_PORT }, (_, number) => (
            <th key={number} scope="col">
              {number}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {PORTS.map((port) => (
          <tr key={port}>
            <th scope="row">P{port}</th>
            {Array.from({ length: PER_PORT }, (_, number) => {
              const name = `P${port}${number}`;
              const pin = pins.get(name);
              const kind = pin === undefined ? "" : `${pin.output ? "output " : ""}${pin.level === 1 ? "high " : ""}`;
              return (
                <td key={number}>
                  <button
                    type="button"
                    id={`pin-${name}`}
                    role="gridcell"
                    class={`${kind}${pin !== undefined && pin.driven !== "z" ? "driven" : ""}`}
                    tabIndex={name === selected.value ? 0 : -1}
                    aria-selected={name === selected.value}
                    aria-label={pin === undefined ? name : describe(pin)}
                    title={pin === undefined ? name : describe(pin)}
                    onClick={() => (selected.value = name)}
                  >
                    {pin?.level ?? "·"}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const ARROWS: Record<string, [number, number] | undefined> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function SelectedPin({ open, pin }: { open: DeviceSession; pin: Pin | undefined }) {
  if (pin === undefined) return null;
  const drives: [PinDrive, string][] = [
    ["0", "Drive 0"],
    ["1", "Drive 1"],
    ["z", "Release"],
  ];
  return (
    <div class="selected-pin">
      <span class="mono" role="status">
        {describe(pin)}
      </span>
      <span class="joined">
        {drives.map(([drive, label]) => (
          <button
            key={drive}
            type="button"
            aria-pressed={pin.driven === drive}
            onClick={() => void open.drive(`Drive ${pin.name}`, { [pin.name]: drive })}
          >
            {label}
          </button>
        ))}
      </span>
    </div>
  );
}
