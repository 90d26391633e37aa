// The terminal's colours. The sixteen ANSI colours keep their meaning and stay readable on either ground.

import type { ITheme } from "@xterm/xterm";

const LIGHT: ITheme = {
  background: "#fdfdfc",
  foreground: "#1d2326",
  cursor: "#1d2326",
  cursorAccent: "#fdfdfc",
  selectionBackground: "#b9d9d6",
  black: "#1d2326",
  red: "#b3261e",
  green: "#2c6e2f",
  yellow: "#8a6100",
  blue: "#1f5fa8",
  magenta: "#8b3a8f",
  cyan: "#0f6b70",
  white: "#6b7478",
  brightBlack: "#545c60",
  brightRed: "#cf3a30",
  brightGreen: "#37853b",
  brightYellow: "#a37400",
  brightBlue: "#2e75c6",
  brightMagenta: "#a44ba8",
  brightCyan: "#17838a",
  brightWhite: "#3a4246",
};

const DARK: ITheme = {
  background: "#111516",
  foreground: "#d7dddc",
  cursor: "#d7dddc",
  cursorAccent: "#111516",
  selectionBackground: "#2e5552",
  black: "#2a3032",
  red: "#ef7a72",
  green: "#7fc482",
  yellow: "#d8b25c",
  blue: "#7fb2ec",
  magenta: "#d093d4",
  cyan: "#67c3c4",
  white: "#c9d0cf",
  brightBlack: "#7d8789",
  brightRed: "#ff9a92",
  brightGreen: "#9bdc9e",
  brightYellow: "#f0cc7a",
  brightBlue: "#a1caf7",
  brightMagenta: "#e5b0e8",
  brightCyan: "#8adedf",
  brightWhite: "#f2f5f4",
};

export function terminalTheme(dark: boolean): ITheme {
  return dark ? DARK : LIGHT;
}
