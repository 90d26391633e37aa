// All devices, with the three numbers that say how each runs.

import { api } from "../api/client";
import type { Device } from "../api/types";
import { localTime, virtualTime } from "../format";
import { routes } from "../state/route";
import { useResource } from "../state/resource";
import { ActionButton } from "./ActionButton";
import { ErrorText } from "./ErrorText";
import { StateBadge } from "./StateBadge";

const RELOAD_MILLISECONDS = 2_000;

export function DeviceList() {
  const { state } = useResource(api.devices, "devices", RELOAD_MILLISECONDS);
  const devices = state.value;
  return (
    <main class="screen">
      <div class="heading">
        <h1>Devices</h1>
        <span class="grow" />
        <a class="button" href={routes.images}>
          New from an image…
        </a>
        <a class="button" href={routes.snapshots}>
          New from a snapshot…
        </a>
      </div>
      {devices.kind === "failed" && <ErrorText title="The list cannot be had." error={devices.error} />}
      {devices.kind === "loaded" && devices.value.length === 0 && <FirstSteps />}
      {devices.kind === "loaded" && devices.value.length > 0 && (
        <table class="list">
          <thead>
            <tr>
              <th>State</th>
              <th>Name</th>
              <th>Board</th>
              <th class="number">Virtual time</th>
              <th class="number">× real time</th>
              <th class="number">MIPS</th>
              <th>Created</th>
            </tr>
          </thead>
          <tbody>
            {devices.value.map((device) => (
              <DeviceRow key={device.id} device={device} />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

function DeviceRow({ device }: { device: Device }) {
  return (
    <tr>
      <td>
        <StateBadge device={device} />
      </td>
      <td class="name">
        <a href={routes.device(device.id)}>{device.name || device.id}</a>
      </td>
      <td>{device.board}</td>
      <td class="number">{virtualTime(device.virtualNanoseconds)}</td>
      <td class="number">{device.state === "running" ? device.realTimeRatio.toFixed(2) : "–"}</td>
      <td class="number">{device.state === "running" ? device.mips.toFixed(1) : "–"}</td>
      <td>{localTime(device.createdAt)}</td>
    </tr>
  );
}

function FirstSteps() {
  return (
    <div class="first-steps">
      <p>
        <strong>No device yet.</strong> Drop firmware anywhere on this page: a UF2 or a whole set of them, an ELF, or a
        raw binary. You see what it would write before anything runs.
      </p>
      <ActionButton id="image.choose" label="Open firmware files…" />
    </div>
  );
}
