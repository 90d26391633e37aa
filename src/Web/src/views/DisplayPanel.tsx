// The board's display, live, each of its pixels as a square of whole screen pixels.

import type { Device } from "../api/types";
import type { DeviceSession } from "../state/session";

/** Pixels of the screen for the panel's width. */
const ROOM = 384;

export function DisplayPanel({ open, device }: { open: DeviceSession; device: Device }) {
  const { display } = device;
  if (display === null) return null;
  const scale = Math.max(1, Math.floor(ROOM / display.width));
  return (
    <section class="panel display" aria-label="Display">
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
    </section>
  );
}
