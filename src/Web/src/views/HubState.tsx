// Whether what is shown is live. A lost connection says how often it was tried and when it is tried next.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { hubStatus } from "../stream/hub";

export function HubState() {
  const now = useSignal(Date.now());
  const status = hubStatus.value;
  useEffect(() => {
    if (status.kind !== "waiting") return;
    const timer = setInterval(() => (now.value = Date.now()), 250);
    return () => clearInterval(timer);
  }, [status.kind]);
  if (status.kind === "off") return null;
  if (status.kind === "live") {
    return (
      <span class="hub" role="status" data-hub="live">
        ● live
      </span>
    );
  }
  const seconds = Math.max(0, (status.retryAt - now.value) / 1000);
  return (
    <span class="hub lost" role="status" data-hub="waiting">
      ○ connection lost: try {status.attempt} {seconds > 0 ? `in ${seconds.toFixed(1)} s` : "now"}
    </span>
  );
}
