// Where the bearer key is given, for servers that ask for one. It is kept in this browser only.

import { useSignal } from "@preact/signals";
import { keyPanel } from "../actions/appActions";
import { apiKey } from "../api/client";

export function KeyPanel() {
  const text = useSignal("");
  if (!keyPanel.value) return null;
  const keep = (event: Event): void => {
    event.preventDefault();
    apiKey.set(text.value.trim());
    location.reload();
  };
  return (
    <form class="key-panel" onSubmit={keep}>
      <label>
        API key{" "}
        <input
          type="password"
          autocomplete="off"
          placeholder="xc_…"
          size={48}
          autofocus
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit">Keep in this browser</button>
      <button type="button" onClick={() => (keyPanel.value = false)}>
        Cancel
      </button>
    </form>
  );
}
