// What the guest touched that the emulator does not model, so that a wrong result is never a riddle.

import type { UnmodelledAccess } from "../api/types";
import { hex } from "../format";

export function UnmodelledPanel({ accesses }: { accesses: UnmodelledAccess[] }) {
  if (accesses.length === 0) return null;
  return (
    <section class="panel unmodelled" aria-label="Not modelled">
      <h2>
        ⚠ Not modelled <small>{accesses.length} touched: reads gave 0, writes did nothing</small>
      </h2>
      <div class="scroll">
        <table class="list">
          <thead>
            <tr>
              <th>Block</th>
              <th>Address</th>
              <th>Access</th>
              <th>PC</th>
            </tr>
          </thead>
          <tbody>
            {accesses.map((access, index) => (
              <tr key={index} title={`cycle ${access.cycle}`}>
                <td>{access.name}</td>
                <td class="mono">{hex(access.address)}</td>
                <td class="mono">{access.isWrite ? `write ${hex(access.value, 1)}` : "read"}</td>
                <td class="mono">{hex(access.pc)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
