// The core's registers while it stands still; those that changed since the last stop are marked.

import { useRef } from "preact/hooks";
import type { Registers } from "../api/types";
import { hex } from "../format";

/** The calling convention's names of x0 to x31 (RISC-V psABI). */
const NAMES =
  "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6".split(" ");

export function RegisterPanel({ registers, running }: { registers: Registers | null; running: boolean }) {
  const stops = useRef<{ now: Registers | null; before: Registers | null }>({ now: null, before: null });
  if (registers !== null && registers !== stops.current.now) {
    stops.current = { now: registers, before: stops.current.now };
  }
  const { before } = stops.current;
  return (
    <section class="panel" aria-label="Registers">
      <h2>
        Registers {registers !== null && <small>privilege {registers.privilege}</small>}
      </h2>
      {registers === null ? (
        <p class="quiet">{running ? "Shown while the device is paused." : "Not to be had now."}</p>
      ) : (
        <dl class="registers mono">
          <Register name="pc" value={registers.pc} changed={before !== null && before.pc !== registers.pc} />
          {registers.x.map((value, number) => (
            <Register
              key={number}
              name={NAMES[number] ?? `x${number}`}
              value={value}
              changed={before !== null && before.x[number] !== value}
            />
          ))}
        </dl>
      )}
    </section>
  );
}

function Register({ name, value, changed }: { name: string; value: number | string; changed: boolean }) {
  return (
    <div class={changed ? "changed" : ""} title={changed ? "changed since the last stop" : undefined}>
      <dt>{name}</dt>
      <dd>{hex(value).slice(2)}</dd>
    </div>
  );
}
