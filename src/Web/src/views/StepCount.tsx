// How many instructions a step takes.

import { stepCount } from "../actions/deviceActions";

export function StepCount() {
  const change = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const value = Math.trunc(Number(input.value));
    if (value >= 1 && value <= 1_000_000) stepCount.value = value;
    input.value = String(stepCount.value);
  };
  return (
    <input
      type="number"
      class="step-count"
      min={1}
      max={1_000_000}
      aria-label="Instructions in a step"
      title="Instructions in a step, 1 to 1 000 000"
      value={stepCount.value}
      onChange={change}
    />
  );
}
