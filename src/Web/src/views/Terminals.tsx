// The console ports of a device, one terminal each; a port that never said anything is shown as quiet.

import { useEffect, useRef } from "preact/hooks";
import { count } from "../format";
import type { ConsolePort } from "../state/consolePort";
import type { DeviceSession } from "../state/session";
import type { TerminalHost } from "../terminal/terminal";

export function Terminals({ open }: { open: DeviceSession }) {
  const shown = open.shownConsole.value;
  return (
    <section class="terminals" aria-label="Consoles">
      <div class="tabs" role="tablist">
        {open.consoles.value.map((port) => (
          <Tab key={port.name} port={port} selected={port === shown} onSelect={() => (open.shownPort.value = port.name)} />
        ))}
        <span class="grow" />
        {shown !== null && <Counts port={shown} />}
      </div>
      {open.consoles.value.map((port) => (
        <Slot key={port.name} port={port} hidden={port !== shown} />
      ))}
    </section>
  );
}

function Tab({ port, selected, onSelect }: { port: ConsolePort; selected: boolean; onSelect: () => void }) {
  const quiet = port.received.value === 0;
  return (
    <button
      type="button"
      role="tab"
      class={quiet ? "quiet" : ""}
      aria-selected={selected}
      aria-controls={`console-${port.name}`}
      title={quiet ? `${port.name}: nothing yet` : `${port.name}: ${count(port.received.value)} bytes`}
      onClick={onSelect}
    >
      {port.name}
    </button>
  );
}

function Counts({ port }: { port: ConsolePort }) {
  return (
    <span class="counts">
      {port.waiting.value > 0 && <b>{count(port.waiting.value)} typed bytes waiting · </b>}
      {port.lost.value > 0 && `${count(port.lost.value)} no longer kept · `}
      {count(port.received.value)} bytes · <kbd>t</kbd> types, <kbd>Esc</kbd> leaves
    </span>
  );
}

function Slot({ port, hidden }: { port: ConsolePort; hidden: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A terminal measures its font when it is first shown, so that waits until it is seen.
    if (!hidden && host.current !== null) port.terminal.show(host.current as TerminalHost);
  }, [port, hidden]);
  return (
    <div
      ref={host}
      id={`console-${port.name}`}
      class="console"
      role="tabpanel"
      aria-label={`Console ${port.name}`}
      hidden={hidden}
      data-port={port.name}
      data-received={port.received.value}
    />
  );
}
