// Something that a screen loads: not yet there, there, or failed with a reason to show.

import { signal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

export type Loaded<T> = { kind: "loading" } | { kind: "loaded"; value: T } | { kind: "failed"; error: unknown };

export interface Resource<T> {
  state: Signal<Loaded<T>>;
  reload(): Promise<void>;
}

/**
 * Loads when the screen opens and when `key` changes.
 * @param every Milliseconds between reloads while the page is visible; 0 for none.
 */
export function useResource<T>(load: () => Promise<T>, key: string, every = 0): Resource<T> {
  const resource = useMemo(() => {
    const state = signal<Loaded<T>>({ kind: "loading" });
    const reload = async (): Promise<void> => {
      try {
        state.value = { kind: "loaded", value: await load() };
      } catch (error) {
        state.value = { kind: "failed", error };
      }
    };
    return { state, reload };
    // `load` is a new function at each drawing; `key` says when it means something else.
  }, [key]);
  useEffect(() => {
    void resource.reload();
    if (every === 0) return;
    const timer = setInterval(() => document.visibilityState === "visible" && void resource.reload(), every);
    return () => clearInterval(timer);
  }, [resource, every]);
  return resource;
}
