// Makes a device from an image or a snapshot and opens it.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, calls, create } from "../api/client";
import type { Board, Device, NewDevice, Pace } from "../api/types";
import { useResource } from "../state/resource";
import { go, routes } from "../state/route";
import { ErrorText } from "./ErrorText";

interface Props {
  from: { image: string } | { snapshot: string };
  /** The board that the image implies, or the one of the snapshot. */
  board: string | null;
  name: string;
}

const DEFAULT_BOARD = "dabao";

export function CreateDevice({ from, board: implied, name: suggested }: Props) {
  const fromImage = "image" in from;
  const boards = useResource(loadBoards, "boards").state.value;
  const name = useSignal(suggested);
  const board = useSignal(implied ?? DEFAULT_BOARD);
  const pace = useSignal<Pace>("real");
  const seed = useSignal("");
  const developerMode = useSignal(false);
  const error = useSignal<unknown>(null);
  const busy = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  // The usual next step after a drop is to run it: one press of Enter.
  useEffect(() => button.current?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted: NewDevice = { ...from, pace: pace.value, start: true };
    if (fromImage) wanted.board = board.value;
    if (name.value.trim() !== "") wanted.name = name.value.trim();
    if (fromImage && developerMode.value) wanted.factory = { developerMode: true };
    if (fromImage && seed.value.trim() !== "") wanted.seed = seed.value.trim();
    busy.value = true;
    try {
      const device = await create<Device>(calls.createDevice(wanted));
      go(routes.device(device.id));
    } catch (failure) {
      error.value = failure;
    } finally {
      busy.value = false;
    }
  };

  const known = boards.kind === "loaded" ? boards.value : [];
  const choices = known.some(({ id }) => id === board.value)
    ? known
    : [{ id: board.value, name: board.value }, ...known];
  return (
    <form class="create" onSubmit={(event) => void submit(event)}>
      {error.value !== null && <ErrorText title="No device was created." error={error.value} />}
      <div class="fields">
        <label>
          Name{" "}
          <input
            type="text"
            maxLength={100}
            value={name.value}
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
        </label>
        {fromImage && (
          <label>
            Board{" "}
            <select value={board.value} onChange={(event) => (board.value = event.currentTarget.value)}>
              {choices.map((choice) => (
                <option key={choice.id} value={choice.id}>
                  {choice.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Pace{" "}
          <select value={pace.value} onChange={(event) => (pace.value = event.currentTarget.value as Pace)}>
            <option value="real">real time</option>
            <option value="fast">as fast as it goes</option>
          </select>
        </label>
        {fromImage && (
          <label title="The same files, board, seed and inputs give the same run, bit for bit">
            Seed{" "}
            <input
              type="text"
              inputMode="numeric"
              pattern="[0-9]{0,20}"
              placeholder="chosen for you"
              size={14}
              value={seed.value}
              onInput={(event) => (seed.value = event.currentTarget.value)}
            />
          </label>
        )}
        {fromImage && (
          <label title="A chip that has run firmware of the developer key: its keys are erased, and loaders take kernels of that key">
            <input
              type="checkbox"
              checked={developerMode.value}
              onChange={(event) => (developerMode.value = event.currentTarget.checked)}
            />{" "}
            Developer mode
          </label>
        )}
        <button ref={button} type="submit" class="main" disabled={busy.value} data-do="create">
          Create and run
        </button>
      </div>
    </form>
  );
}

async function loadBoards(): Promise<Pick<Board, "id" | "name">[]> {
  const answer = await api.boards();
  return Array.isArray(answer) ? answer : answer.items;
}
