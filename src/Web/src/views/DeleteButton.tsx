// Deletes on the second click, within a few seconds of the first.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const ARMED_MILLISECONDS = 4_000;

export function DeleteButton({ label, onDelete }: { label: string; onDelete: () => void }) {
  const armed = useSignal(false);
  useEffect(() => {
    if (!armed.value) return;
    const timer = setTimeout(() => (armed.value = false), ARMED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [armed.value]);
  const click = (): void => {
    if (armed.value) onDelete();
    armed.value = !armed.value;
  };
  return (
    <button type="button" class={armed.value ? "armed" : ""} aria-label={label} title={label} onClick={click}>
      {armed.value ? "Delete for good?" : "Delete"}
    </button>
  );
}
