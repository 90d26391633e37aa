// The messages at the foot of the page.

import { dismiss, notices } from "../state/notices";

export function Notices() {
  return (
    <div class="notices" role="log" aria-live="polite" aria-label="Messages">
      {notices.value.map(({ id, kind, title, detail, advice }) => (
        <div key={id} class={`notice ${kind}`}>
          <div>
            <strong>{title}</strong> {detail !== "" && <span>{detail}</span>} {advice !== "" && <em>{advice}</em>}
          </div>
          <button type="button" aria-label={`Dismiss: ${title}`} onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
