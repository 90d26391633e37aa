// What a device is doing, by word and sign; colour only adds to it.

import type { Device } from "../api/types";

export function StateBadge({ device }: { device: Device }) {
  const idle = device.state === "running" && device.idle;
  const sign = { running: "▶", paused: "‖", dead: "✕" }[device.state];
  const hint = idle ? "The core waits for an interrupt (WFI)" : undefined;
  return (
    <span class={`state ${device.state}`} data-state={device.state} title={hint}>
      {sign} {device.state}
      {idle && ", idle"}
    </span>
  );
}
