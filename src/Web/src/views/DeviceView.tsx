// One device: what it is doing, its terminals, and the board around it.

import { useEffect, useMemo, useState } from "preact/hooks";
import { lastSnapshot, session } from "../actions/deviceActions";
import { calls } from "../api/client";
import type { Device } from "../api/types";
import { count, hex, virtualTime } from "../format";
import { routes } from "../state/route";
import { DeviceSession } from "../state/session";
import { ActionButton } from "./ActionButton";
import { BoardPanel } from "./BoardPanel";
import { BootBanner } from "./BootBanner";
import { DisplayPanel } from "./DisplayPanel";
import { ErrorText } from "./ErrorText";
import { RegisterPanel } from "./RegisterPanel";
import { StateBadge } from "./StateBadge";
import { StepCount } from "./StepCount";
import { Terminals } from "./Terminals";
import { UnmodelledPanel } from "./UnmodelledPanel";
import { XousPanel } from "./XousPanel";

export function DeviceView({ id }: { id: string }) {
  const open = useMemo(() => new DeviceSession(id), [id]);
  useEffect(() => {
    session.value = open;
    lastSnapshot.value = null;
    void open.open();
    return () => {
      if (session.peek() === open) session.value = null;
      open.close();
    };
  }, [open]);
  const device = open.device.value;
  if (open.failure.value !== null) {
    return (
      <main class="screen">
        <ErrorText title="This device cannot be shown." error={open.failure.value} />
        <p>
          <button type="button" onClick={() => void open.open()}>
            Try again
          </button>{" "}
          or go to the <a href={routes.devices}>devices</a>.
        </p>
      </main>
    );
  }
  if (device === null) return <main class="device" />;
  return (
    <main class="device">
      <DeviceBar device={device} open={open} />
      <DeathBanner device={device} />
      <BootBanner device={device} />
      <div class="bench">
        <div class="left">
          <Terminals open={open} />
          <XousPanel open={open} device={device} />
        </div>
        <aside aria-label="Board and core">
          <UnmodelledPanel accesses={device.unmodelled} />
          <DisplayPanel open={open} device={device} />
          <BoardPanel open={open} device={device} />
          <RegisterPanel registers={open.registers.value} running={device.state === "running"} />
        </aside>
      </div>
      <StatusLine device={device} open={open} />
    </main>
  );
}

function DeviceBar({ device, open }: { device: Device; open: DeviceSession }) {
  // The device is drawn anew several times a second; what is being typed must outlive that.
  const [draft, setDraft] = useState<string | null>(null);
  const typed = (event: Event): string => (event.currentTarget as HTMLInputElement).value;
  const rename = (event: Event): void => {
    const name = typed(event).trim();
    setDraft(null);
    if (name !== "" && name !== device.name) void open.act("Rename", calls.patchDevice(device.id, { name }));
  };
  return (
    <div class="device-bar">
      <input
        class="device-name"
        aria-label="Name of the device"
        value={draft ?? device.name}
        maxLength={100}
        onInput={(event) => setDraft(typed(event))}
        onChange={rename}
      />
      <StateBadge device={device} />
      <div class="actions" role="toolbar" aria-label="Device">
        <ActionButton id="device.runPause" label={device.state === "running" ? "Pause" : "Run"} class="main" />
        <span class="joined">
          <ActionButton id="device.step" label="Step" />
          <StepCount />
        </span>
        <ActionButton id="device.reset" label="Reset" />
        <ActionButton id="device.power" label="Power" />
        <ActionButton id="device.snapshot" label="Snapshot" />
      </div>
      <span class="grow" />
      <dl class="metrics">
        <div title="Time as the guest sees it">
          <dt>virtual time</dt>
          <dd data-metric="virtual-time">{virtualTime(device.virtualNanoseconds)}</dd>
        </div>
        <div title="Virtual seconds in a second of ours, over the last second">
          <dt>× real time</dt>
          <dd data-metric="ratio">{device.realTimeRatio.toFixed(2)}</dd>
        </div>
        <div title="Millions of instructions retired in a second of ours, over the last second">
          <dt>MIPS</dt>
          <dd data-metric="mips">{device.mips.toFixed(1)}</dd>
        </div>
      </dl>
    </div>
  );
}

function DeathBanner({ device: { death, serverFailure } }: { device: Device }) {
  if (serverFailure !== null) {
    return (
      <div class="death" role="alert">
        <strong>✕ The server failed on this device:</strong> {serverFailure}{" "}
        <em>The guest is not to blame. Power-cycle the device to start it anew, and tell whoever runs the server.</em>
      </div>
    );
  }
  if (death === null) return null;
  return (
    <div class="death" role="alert">
      <strong>
        ✕ Guest died at PC <span class="mono">{hex(death.pc)}</span>
      </strong>{" "}
      because of {death.reason}{" "}
      <span class="quiet">
        (cause {hex(death.cause, 1)}, value {hex(death.value)}, cycle {count(death.cycle)})
      </span>{" "}
      <em>Its registers, memory and console can still be read. Reset or power-cycle it to start again.</em>
    </div>
  );
}

function StatusLine({ device, open }: { device: Device; open: DeviceSession }) {
  const hash = open.hash.value;
  const snapshot = lastSnapshot.value;
  return (
    <footer class="status">
      <span>
        board <b>{device.board}</b>
      </span>
      {device.boot.stage !== "program" && (
        <span title="How far the boot has come">
          boot <b data-boot-stage>{device.boot.stage}</b>
        </span>
      )}
      {device.imageId !== null && (
        <span>
          image{" "}
          <a href={routes.image(device.imageId)} title={device.imageId}>
            {device.imageId.slice(0, 10)}…
          </a>
        </span>
      )}
      <span>
        seed <b>{device.seed}</b>
      </span>
      <span>
        engine <b>{device.engine}</b>
      </span>
      <span>
        cycle <b>{count(device.cycle)}</b>
      </span>
      <span>
        instructions <b>{count(device.instructions)}</b>
      </span>
      <ActionButton id="device.pace" label={`pace ${device.pace}`} class="small" />
      <ActionButton id="device.hash" label="hash" class="small" />
      {hash !== null && (
        <span class="mono hash" title={`State hash at cycle ${hash.cycle}\n${hash.value}`} data-hash>
          {hash.value}
        </span>
      )}
      <span class="grow" />
      {snapshot !== null && <a href={routes.snapshot(snapshot.id)}>New device from the snapshot…</a>}
      <ActionButton id="device.delete" label="Delete" class="small" />
    </footer>
  );
}
