// Light, dark, or as the system says. The style sheet uses light-dark(), so setting color-scheme is all it takes.

import { computed, effect, signal } from "@preact/signals";

export type ThemeChoice = "system" | "light" | "dark";

const NAME = "xouscloud.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", () => (systemDark.value = system.matches));

const stored = localStorage.getItem(NAME);
export const themeChoice = signal<ThemeChoice>(stored === "light" || stored === "dark" ? stored : "system");
export const dark = computed(() =>
  themeChoice.value === "system" ? systemDark.value : themeChoice.value === "dark",
);

effect(() => {
  document.documentElement.style.colorScheme = themeChoice.value === "system" ? "light dark" : themeChoice.value;
});

export function nextTheme(): void {
  const next = dark.peek() ? "light" : "dark";
  // Back at what the system says, follow the system again.
  themeChoice.value = (next === "dark") === systemDark.peek() ? "system" : next;
  localStorage.setItem(NAME, themeChoice.peek());
}
