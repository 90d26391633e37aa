// Snapshots: the list, and one from which a device can be made.

import { api, call, calls } from "../api/client";
import type { Snapshot } from "../api/types";
import { count, localTime, size, virtualTime } from "../format";
import { tellDone, tellError } from "../state/notices";
import { useResource } from "../state/resource";
import { go, routes } from "../state/route";
import { CreateDevice } from "./CreateDevice";
import { DeleteButton } from "./DeleteButton";
import { ErrorText } from "./ErrorText";

const title = (snapshot: Snapshot): string => snapshot.name || `at ${virtualTime(snapshot.virtualNanoseconds)}`;

async function remove(snapshot: Snapshot): Promise<void> {
  try {
    await call(calls.deleteSnapshot(snapshot.id));
    tellDone("Snapshot deleted", title(snapshot));
    go(routes.snapshots);
  } catch (error) {
    tellError("Snapshot not deleted", error);
  }
}

export function SnapshotList() {
  const { state, reload } = useResource(api.snapshots, "snapshots");
  const snapshots = state.value;
  return (
    <main class="screen">
      <h1>Snapshots</h1>
      {snapshots.kind === "failed" && <ErrorText title="The list cannot be had." error={snapshots.error} />}
      {snapshots.kind === "loaded" && snapshots.value.length === 0 && (
        <p>No snapshot yet. Open a device and take one with Shift+S.</p>
      )}
      {snapshots.kind === "loaded" && snapshots.value.length > 0 && (
        <table class="list">
          <thead>
            <tr>
              <th>Snapshot</th>
              <th>Board</th>
              <th class="number">Virtual time</th>
              <th class="number">Size</th>
              <th>State hash</th>
              <th>Created</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {snapshots.value.map((snapshot) => (
              <tr key={snapshot.id}>
                <td class="name">
                  <a href={routes.snapshot(snapshot.id)}>{title(snapshot)}</a>
                </td>
                <td>{snapshot.board}</td>
                <td class="number">{virtualTime(snapshot.virtualNanoseconds)}</td>
                <td class="number">{size(snapshot.size)}</td>
                <td class="mono">{snapshot.hash.slice(0, 16)}</td>
                <td>{localTime(snapshot.createdAt)}</td>
                <td>
                  <DeleteButton label={`Delete snapshot ${title(snapshot)}`} onDelete={() => remove(snapshot).then(reload)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

export function SnapshotView({ id }: { id: string }) {
  const { state } = useResource(() => api.snapshot(id), id);
  const loaded = state.value;
  if (loaded.kind === "loading") return <main class="screen" />;
  if (loaded.kind === "failed") {
    return (
      <main class="screen">
        <ErrorText title="This snapshot cannot be shown." error={loaded.error} />
      </main>
    );
  }
  const snapshot = loaded.value;
  return (
    <main class="screen">
      <div class="heading">
        <h1>Snapshot {title(snapshot)}</h1>
        <span class="grow" />
        <DeleteButton label="Delete snapshot" onDelete={() => remove(snapshot)} />
      </div>
      <CreateDevice from={{ snapshot: snapshot.id }} board={snapshot.board} name={snapshot.name ?? ""} />
      <dl class="facts">
        <Fact name="Of device">
          <a href={routes.device(snapshot.deviceId)}>{snapshot.deviceId}</a>
        </Fact>
        <Fact name="Board">{snapshot.board}</Fact>
        <Fact name="Virtual time">{virtualTime(snapshot.virtualNanoseconds)}</Fact>
        <Fact name="Cycle">{count(snapshot.cycle)}</Fact>
        <Fact name="Seed">{snapshot.seed}</Fact>
        <Fact name="Size">{size(snapshot.size)}</Fact>
        <Fact name="State hash">
          <span class="mono">{snapshot.hash}</span>
        </Fact>
      </dl>
    </main>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
