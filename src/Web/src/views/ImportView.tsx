// Files that could not be taken as they are: what is wrong with them, and the addresses a raw binary needs.

import { choose, chosen, entry, importStatus, needsAddress, sendChosen } from "../state/importing";
import { size } from "../format";
import { ActionButton } from "./ActionButton";
import { ErrorText } from "./ErrorText";

export function ImportView() {
  const files = chosen.value;
  const status = importStatus.value;
  const setAddress = (index: number, address: string): void => {
    chosen.value = files.map((item, i) => (i === index ? { ...item, address: address.trim() } : item));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void sendChosen();
  };
  return (
    <main class="screen">
      <h1>Import firmware</h1>
      {status.kind === "failed" && <ErrorText title="These files were not taken." error={status.error} />}
      {files.length === 0 ? (
        <>
          <p>Drop files anywhere on this page, or open them. A set of UF2 files goes in together.</p>
          <ActionButton id="image.choose" />
        </>
      ) : (
        <form onSubmit={submit}>
          <table class="list">
            <thead>
              <tr>
                <th>File</th>
                <th class="number">Size</th>
                <th>Address (raw binaries)</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {files.map(({ file, address }, index) => (
                <tr key={index}>
                  <td class="name">{file.name}</td>
                  <td class="number">{size(file.size)}</td>
                  <td>
                    <input
                      type="text"
                      aria-label={`Address of ${file.name}`}
                      placeholder={needsAddress(file.name) ? "0x60060000" : "its own"}
                      required={needsAddress(file.name)}
                      pattern="(0x)?[0-9a-fA-F_]+"
                      value={address}
                      onInput={(event) => setAddress(index, event.currentTarget.value)}
                    />
                  </td>
                  <td>
                    <button
                      type="button"
                      onClick={() => choose(files.filter((_, i) => i !== index).map((item) => item.file))}
                    >
                      Leave out
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <div class="fields">
            <label>
              Entry address{" "}
              <input
                type="text"
                placeholder="as the image implies"
                pattern="(0x)?[0-9a-fA-F_]+"
                value={entry.value}
                onInput={(event) => (entry.value = event.currentTarget.value)}
              />
            </label>
            <button type="submit" class="main" disabled={status.kind === "sending"}>
              Import
            </button>
          </div>
        </form>
      )}
    </main>
  );
}
