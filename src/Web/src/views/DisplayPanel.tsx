// The board's display, live, each of its pixels as a square of whole screen pixels, and the keys that stand by it.

import type { BoardKey, Device } from "../api/types";
import type { DeviceSession } from "../state/session";
import { ActionButton } from "./ActionButton";

/** Pixels of the screen for the panel's width. */
const ROOM = 360;

export function DisplayPanel({ open, device }: { open: DeviceSession; device: Device }) {
  const { display } = device;
  if (display === null && device.keys.length === 0) return null;
  return (
    <section class="panel display" aria-label="Display and keys">
      {display !== null && <Display open={open} display={display} />}
      <Keys open={open} keys={device.keys} />
    </section>
  );
}

function Display({ open, display }: { open: DeviceSession; display: { width: number; height: number } }) {
  const scale = Math.max(1, Math.floor(ROOM / display.width));
  return (
    <>
      <h2>
        Display <small>{`${display.width} × ${display.height}`}</small>
      </h2>
      {open.display.value !== "" && (
        <img
          src={open.display.value}
          width={display.width * scale}
          height={display.height * scale}
          alt="What the board's display shows"
        />
      )}
    </>
  );
}

/** The keys, a row of the matrix in a row. */
function Keys({ open, keys }: { open: DeviceSession; keys: BoardKey[] }) {
  const rows = [...new Set(keys.map((key) => key.row))];
  return (
    <div class="board-keys">
      {rows.map((row) => (
        <div key={row} class="row">
          {keys
            .filter((key) => key.row === row)
            .map((key) => (
              <ActionButton
                key={key.name}
                id={`key.${key.name}.press`}
                label={key.name}
                pressed={open.isHeld(key.name)}
                class="push"
              />
            ))}
        </div>
      ))}
    </div>
  );
}
