// The frame around every screen: the bar at the top, the screen, what lies over it, and dropping of files.

import { useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { chooser } from "../actions/appActions";
import { choose, importStatus } from "../state/importing";
import { overlay } from "../state/overlay";
import { route } from "../state/route";
import { size } from "../format";
import { DeviceList } from "./DeviceList";
import { DeviceView } from "./DeviceView";
import { ImageList, ImageView } from "./ImageViews";
import { ImportView } from "./ImportView";
import { KeyPanel } from "./KeyPanel";
import { KeysHelp } from "./KeysHelp";
import { Notices } from "./Notices";
import { Palette } from "./Palette";
import { SnapshotList, SnapshotView } from "./SnapshotViews";
import { TopBar } from "./TopBar";

export function App() {
  return (
    <>
      <TopBar />
      <KeyPanel />
      <Screen />
      <Notices />
      {overlay.value === "palette" && <Palette />}
      {overlay.value === "keys" && <KeysHelp />}
      <FileDrop />
    </>
  );
}

function Screen() {
  const shown = route.value;
  switch (shown.screen) {
    case "devices":
      return <DeviceList />;
    case "device":
      return <DeviceView key={shown.id} id={shown.id} />;
    case "images":
      return <ImageList />;
    case "image":
      return <ImageView key={shown.id} id={shown.id} />;
    case "import":
      return <ImportView />;
    case "snapshots":
      return <SnapshotList />;
    case "snapshot":
      return <SnapshotView key={shown.id} id={shown.id} />;
    case "unknown":
      return (
        <main class="screen">
          <h1>No such screen</h1>
          <p>
            Nothing is at <code>{shown.hash}</code>. Go to the <a href="#/devices">devices</a>.
          </p>
        </main>
      );
  }
}

/** Takes files dropped anywhere on the page, and those of the file chooser. */
function FileDrop() {
  const over = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  // Before the page is first painted: from then on a file may be dropped.
  useLayoutEffect(() => {
    chooser.open = () => input.current?.click();
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const listeners: [string, (event: DragEvent) => void][] = [
      [
        "dragover",
        (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          over.value = true;
        },
      ],
      ["dragleave", (event) => (over.value = event.relatedTarget !== null)],
      [
        "drop",
        (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          over.value = false;
          choose([...(event.dataTransfer?.files ?? [])]);
        },
      ],
    ];
    for (const [name, listener] of listeners) document.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of listeners) document.removeEventListener(name, listener as EventListener);
    };
  }, []);
  const status = importStatus.value;
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        id="firmware-files"
        onChange={(event) => {
          choose([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {over.value && <div class="drop-hint">Drop firmware: .uf2 (one or a set), .elf, or .bin with its address</div>}
      {status.kind === "sending" && (
        <div class="sending" role="status">
          Sending {size(status.bytes)} and reading what it would write…
        </div>
      )}
    </>
  );
}
