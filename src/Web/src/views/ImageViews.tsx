// Images: the list, and what one image would write before anything runs.

import { api, call, calls } from "../api/client";
import type { Image, PreflightReport, SignatureHeader } from "../api/types";
import { count, hex, localTime, rangeEnd, size } from "../format";
import { tellDone, tellError } from "../state/notices";
import { useResource } from "../state/resource";
import { go, routes } from "../state/route";
import { ActionButton } from "./ActionButton";
import { CreateDevice } from "./CreateDevice";
import { DeleteButton } from "./DeleteButton";
import { ErrorText } from "./ErrorText";

async function remove(image: Image): Promise<void> {
  try {
    await call(calls.deleteImage(image.id));
    tellDone("Image deleted", image.name);
    go(routes.images);
  } catch (error) {
    tellError("Image not deleted", error);
  }
}

export function ImageList() {
  const { state, reload } = useResource(api.images, "images");
  const images = state.value;
  return (
    <main class="screen">
      <div class="heading">
        <h1>Images</h1>
        <span class="grow" />
        <ActionButton id="image.choose" />
      </div>
      {images.kind === "failed" && <ErrorText title="The list cannot be had." error={images.error} />}
      {images.kind === "loaded" && images.value.length === 0 && (
        <p>No image yet. Drop firmware files anywhere on this page.</p>
      )}
      {images.kind === "loaded" && images.value.length > 0 && (
        <table class="list">
          <thead>
            <tr>
              <th>Name</th>
              <th>Files</th>
              <th class="number">Size</th>
              <th>Entry</th>
              <th>Digest</th>
              <th>Created</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {images.value.map((image) => (
              <tr key={image.id}>
                <td class="name">
                  <a href={routes.image(image.id)}>{image.name}</a>
                </td>
                <td>{image.files.length}</td>
                <td class="number">{size(image.size)}</td>
                <td class="mono">{hex(image.report.entry)}</td>
                <td class="mono">{image.digest.slice(0, 12)}</td>
                <td>{localTime(image.createdAt)}</td>
                <td>
                  <DeleteButton label={`Delete ${image.name}`} onDelete={() => remove(image).then(reload)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

export function ImageView({ id }: { id: string }) {
  const { state } = useResource(() => api.image(id), id);
  const loaded = state.value;
  if (loaded.kind === "loading") return <main class="screen" />;
  if (loaded.kind === "failed") {
    return (
      <main class="screen">
        <ErrorText title="This image cannot be shown." error={loaded.error} />
      </main>
    );
  }
  const image = loaded.value;
  return (
    <main class="screen">
      <div class="heading">
        <h1>{image.name}</h1>
        <span class="quiet mono">{image.digest.slice(0, 16)}</span>
        <span class="grow" />
        <DeleteButton label="Delete image" onDelete={() => remove(image)} />
      </div>
      <CreateDevice from={{ image: image.id }} board={image.report.board} name={image.name} />
      <Preflight report={image.report} />
      <h2>Files</h2>
      <table class="list narrow">
        <tbody>
          {image.files.map((file, index) => (
            <tr key={index}>
              <td class="name">{file.name}</td>
              <td>{file.format}</td>
              <td class="number">{size(file.size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}

function signature(header: SignatureHeader): string {
  switch (header.signatureCheck) {
    case "valid":
      return `signature valid: key ${header.signedBy}`;
    case "otherKey":
      return `signature of key ${header.signedBy}, which ${header.checkedBy} does not accept`;
    case "none":
      return "no signature";
    default:
      return `signature ${header.signatureCheck}`;
  }
}

function Preflight({ report }: { report: PreflightReport }) {
  return (
    <section aria-label="What this image would write">
      <h2>
        What it would write <small>nothing has run yet</small>
      </h2>
      {report.warnings.length > 0 && (
        <ul class="warnings">
          {report.warnings.map(({ message, file, address }, index) => (
            <li key={index}>
              ⚠ {message}{" "}
              <small>
                {file} {address !== null && hex(address)}
              </small>
            </li>
          ))}
        </ul>
      )}
      <dl class="facts">
        <div>
          <dt>Board</dt>
          <dd title={report.boardReason}>{report.board ?? "any"}</dd>
          <dd class="quiet">{report.boardReason}</dd>
        </div>
        <div>
          <dt>Entry</dt>
          <dd class="mono">{hex(report.entry)}</dd>
          <dd class="quiet">{report.entryReason}</dd>
        </div>
        <div>
          <dt>Symbols</dt>
          <dd>{count(report.symbols)}</dd>
        </div>
        {report.headers.map((header, index) => (
          <div key={index}>
            <dt>Signature header of {header.place}</dt>
            <dd class="mono">{hex(header.address)}</dd>
            <dd class="quiet">
              {header.functionName}
              {header.semver !== null && ` ${header.semver}`}, anti-rollback {header.antiRollback}, {signature(header)}
            </dd>
          </div>
        ))}
      </dl>
      <table class="list">
        <thead>
          <tr>
            <th>Region</th>
            <th>Memory</th>
            <th>From</th>
            <th>Up to</th>
            <th class="number">Bytes</th>
            <th>File</th>
          </tr>
        </thead>
        <tbody>
          {report.writes.map((write, index) => (
            <tr key={index}>
              <td>{write.region}</td>
              <td>{write.memory}</td>
              <td class="mono">{hex(write.address)}</td>
              <td class="mono">{hex(rangeEnd(write.address, write.length))}</td>
              <td class="number">{size(write.length)}</td>
              <td class="name">{write.file}</td>
            </tr>
          ))}
          {report.writesLeftOut > 0 && (
            <tr>
              <td colSpan={6}>and {count(report.writesLeftOut)} more ranges</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
