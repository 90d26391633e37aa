// The command line that does the same as an action.

import { apiKey, type RestCall } from "../api/client";
import { tellDone, tellError } from "../state/notices";
import type { Action } from "./action";

/** A word for a POSIX shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The key itself is never put in: the command reads it from XC_TOKEN. */
export function curlCommand({ method, path, json }: RestCall, origin: string, withKey: boolean): string {
  const words = ["curl", "-fsS"];
  if (method !== "GET") words.push("-X", method);
  const line = words.map(quote);
  if (withKey) line.push("-H", '"Authorization: Bearer $XC_TOKEN"');
  if (json !== undefined) line.push("-H", quote("Content-Type: application/json"), "-d", quote(JSON.stringify(json)));
  line.push(quote(origin + path));
  return line.join(" ");
}

/** Copies it, and shows it too: a page that is not from localhost or https may not write to the clipboard. */
export async function copyAsCurl(action: Action): Promise<void> {
  const request = action.request?.() ?? null;
  if (request === null) {
    tellError("Nothing to copy", `“${action.title}” is not a request to the server.`);
    return;
  }
  const command = curlCommand(request, location.origin, apiKey.get() !== "");
  try {
    await navigator.clipboard.writeText(command);
    tellDone("Copied", command);
  } catch {
    tellDone("As curl", command);
  }
}
