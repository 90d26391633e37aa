// Why a boot stopped, or was set back: the check that fired, what to do, and what was printed last. How the guest itself
// died is told apart from this.

import type { Device } from "../api/types";

const LINES = 6;

export function BootBanner({ device: { boot, death, serverFailure } }: { device: Device }) {
  const guard = boot.guard;
  if (guard === null || death !== null || serverFailure !== null) return null;
  return (
    <div class={guard.ends ? "death" : "set-back"} role={guard.ends ? "alert" : "status"} data-boot-guard={guard.code}>
      <strong>
        {guard.ends ? "✕ Stopped in" : "⚠ Noticed in"} {guard.stage}:
      </strong>{" "}
      {guard.meaning}. <span class="quiet mono">{guard.code}</span> <em>{guard.advice}</em>
      <LastText port="UART2" text={boot.lastText.uart2} />
      <LastText port="DUART" text={boot.lastText.duart} />
    </div>
  );
}

function LastText({ port, text }: { port: string; text: string }) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return null;
  return (
    <details>
      <summary>Last text on {port}</summary>
      <pre class="mono">{lines.slice(-LINES).join("\n")}</pre>
    </details>
  );
}
