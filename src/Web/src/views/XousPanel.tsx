// What the Xous on the device does: its processes, servers, interrupt lines and messages. Drawn only while somebody
// looks: a folded panel asks for nothing.

import { useEffect } from "preact/hooks";
import type { Device, InterruptClaim, IpcEvent, XousProcess, XousServer, XousThread } from "../api/types";
import { count, hex, size, virtualTime } from "../format";
import type { DeviceSession } from "../state/session";
import { VIEWS, xousView, type XousViewName } from "../state/xousView";

const PAGE = 4096;

export function XousPanel({ open, device }: { open: DeviceSession; device: Device }) {
  const shown = xousView.value;
  useEffect(() => {
    open.xous.show(shown);
    return () => open.xous.show("");
  }, [open, shown]);
  return (
    <section class={`xous ${shown === "" ? "folded" : ""}`} aria-label="Xous">
      <div class="tabs" role="tablist">
        <span class="title">Xous</span>
        {VIEWS.map((view) => (
          <button
            key={view}
            type="button"
            role="tab"
            aria-selected={view === shown}
            aria-controls="xous-view"
            data-view={view}
            onClick={() => (xousView.value = view === shown ? "" : view)}
          >
            {view}
          </button>
        ))}
        <span class="grow" />
        <span class="counts">{device.boot.stage === "program" ? "no Xous seen" : `stage: ${device.boot.stage}`}</span>
      </div>
      {shown !== "" && (
        <div id="xous-view" class="scroll" role="tabpanel" aria-label={shown}>
          <View open={open} name={shown} />
        </div>
      )}
    </section>
  );
}

function View({ open, name }: { open: DeviceSession; name: XousViewName }) {
  const { xous } = open;
  switch (name) {
    case "processes":
      return <Processes processes={xous.processes.value} servers={xous.servers.value} />;
    case "servers":
      return <Servers servers={xous.servers.value} processes={xous.processes.value} />;
    case "interrupts":
      return <Interrupts claims={xous.interrupts.value} processes={xous.processes.value} />;
    case "messages":
      return <Messages open={open} />;
  }
}

function processName(processes: XousProcess[], pid: number): string {
  const name = processes.find((process) => process.pid === pid)?.name ?? null;
  return name === null ? `${pid}` : `${pid} ${name}`;
}

function serverName(servers: XousServer[], id: string | null): string {
  if (id === null) return "?";
  return servers.find((server) => server.id === id)?.name ?? id;
}

function Processes({ processes, servers }: { processes: XousProcess[]; servers: XousServer[] }) {
  return (
    <table class="list">
      <thead>
        <tr>
          <th>PID</th>
          <th>Name</th>
          <th>State</th>
          <th class="number">Owns</th>
          <th class="number">Mapped</th>
          <th class="number">Swapped</th>
          <th class="number">Connections</th>
          <th>Threads, and what they wait for</th>
        </tr>
      </thead>
      <tbody>
        {processes.map((process) => (
          <tr key={process.pid} title={process.end === null ? `satp ${hex(process.satp)}` : process.end.reason}>
            <td class="number">{process.pid}</td>
            <td>{process.name ?? "–"}</td>
            <td>{process.state}</td>
            <td class="number">{process.memory.owned === null ? "–" : size(process.memory.owned * PAGE)}</td>
            <td class="number">{size(process.memory.mapped * PAGE)}</td>
            <td class="number">{size(process.memory.swapped * PAGE)}</td>
            <td class="number">{process.connections}</td>
            <td class="mono">{process.threads.map((thread) => waiting(thread, servers)).join(" · ")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function waiting(thread: XousThread, servers: XousServer[]): string {
  const tid = thread.tid ?? "?";
  if (thread.call === null) return `${tid} ${thread.state}`;
  const server = thread.call.server === null ? "" : ` ${serverName(servers, thread.call.server)}`;
  const joined = thread.call.thread === null ? "" : ` thread ${thread.call.thread}`;
  return `${tid} ${thread.call.call}${server}${joined}`;
}

function Servers({ servers, processes }: { servers: XousServer[]; processes: XousProcess[] }) {
  return (
    <table class="list">
      <thead>
        <tr>
          <th>Server</th>
          <th>SID</th>
          <th>Process</th>
          <th class="number">Queued</th>
          <th class="number">Unanswered</th>
          <th>Connected from</th>
        </tr>
      </thead>
      <tbody>
        {servers.map((server) => (
          <tr key={server.id}>
            <td>{server.name ?? "–"}</td>
            <td class="mono">{server.id}</td>
            <td>{server.owner === 0 ? "–" : processName(processes, server.owner)}</td>
            <td class="number">{server.queued}</td>
            <td class="number">{server.unanswered}</td>
            <td class="mono">{server.connections.map(({ pid, cid }) => `${pid}:${cid}`).join(" ")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Interrupts({ claims, processes }: { claims: InterruptClaim[]; processes: XousProcess[] }) {
  return (
    <table class="list">
      <thead>
        <tr>
          <th class="number">Line</th>
          <th>Process</th>
          <th>Handler</th>
          <th>Argument</th>
          <th class="number">Entered</th>
        </tr>
      </thead>
      <tbody>
        {claims.map((claim) => (
          <tr key={claim.line}>
            <td class="number">{claim.line}</td>
            <td>{processName(processes, claim.pid)}</td>
            <td class="mono">{hex(claim.handler)}</td>
            <td class="mono">{hex(claim.argument)}</td>
            <td class="number">{count(claim.count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Messages({ open }: { open: DeviceSession }) {
  const { messages, dropped, processes, servers } = open.xous;
  return (
    <table class="list messages">
      <thead>
        <tr>
          <th>Time</th>
          <th>Step</th>
          <th>Sender</th>
          <th>Server</th>
          <th>Kind</th>
          <th class="number">Opcode</th>
          <th>{dropped.value > 0 ? `Carries (${count(dropped.value)} earlier ones are not kept)` : "Carries"}</th>
        </tr>
      </thead>
      <tbody>
        {messages.value.map((message) => (
          <tr key={message.sequence} class={message.step}>
            <td class="mono">{virtualTime(message.virtualNanoseconds)}</td>
            <td>{message.step}</td>
            <td>
              {processName(processes.value, message.senderPid)}
              {message.senderTid !== null && `.${message.senderTid}`}
            </td>
            <td>{serverName(servers.value, message.server)}</td>
            <td>{message.kind}</td>
            <td class="number">{count(message.opcode)}</td>
            <td class="mono">{carries(message)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function carries(message: IpcEvent): string {
  if (message.error !== null) return message.error;
  if (message.result !== null) return `${message.result} ${message.words.map((word) => hex(word, 1)).join(" ")}`;
  if (message.memory !== null) return `${size(message.memory.length)} at ${hex(message.memory.address)}`;
  return message.words.map((word) => hex(word, 1)).join(" ");
}
