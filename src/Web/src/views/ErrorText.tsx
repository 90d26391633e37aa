// An error as a person needs it: what is wrong, its code, what to do.

import { explain } from "../state/notices";
import { keyPanel } from "../actions/appActions";
import { ApiError } from "../api/problem";

export function ErrorText({ title, error }: { title: string; error: unknown }) {
  const { detail, advice } = explain(error);
  const needsKey = error instanceof ApiError && error.problem.status === 401;
  return (
    <div class="error" role="alert">
      <strong>{title}</strong> <span>{detail}</span> {advice !== "" && <em>{advice}</em>}{" "}
      {needsKey && (
        <button type="button" onClick={() => (keyPanel.value = true)}>
          Enter an API key
        </button>
      )}
    </div>
  );
}
