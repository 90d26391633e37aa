// The real server, as it was built, serving the page that was built.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "../../..");

export interface Server {
  url: string;
  stop(): Promise<void>;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
}

const START_MILLISECONDS = 60_000;

/** The newest build of the Api. */
function serverLibrary(): string {
  const built = ["Release", "Debug"]
    .map((configuration) => join(repository, "src/Api/bin", configuration, "net10.0/XousCloud.Api.dll"))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (built[0] === undefined) throw new Error("Build the server first: dotnet build src/Api -c Release");
  return built[0];
}

/** @param more Further settings, as environment variables. */
export function startServer(data: string, more: Record<string, string> = {}): Promise<Server> {
  mkdirSync(data, { recursive: true });
  const server = spawn("dotnet", [serverLibrary(), "--urls", "http://127.0.0.1:0"], {
    env: { ...process.env, XOUSCLOUD_DATA: data, Web__Root: join(repository, "src/Web/dist"), ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((started, failed) => {
    let output = "";
    const timer = setTimeout(() => failed(new Error(`The server did not start.\n${output}`)), START_MILLISECONDS);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /Now listening on: (http:\/\/\S+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      started({ url, stop: () => end(server, "SIGTERM"), kill: () => end(server, "SIGKILL") });
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", (code) => failed(new Error(`The server ended with ${code}.\n${output}`)));
  });
}

/** Makes an API key for a tenant, as an operator would. */
export function addKey(data: string, tenant: string): string {
  mkdirSync(data, { recursive: true });
  const env = { ...process.env, XOUSCLOUD_DATA: data };
  return execFileSync("dotnet", [serverLibrary(), "keys", "add", tenant], { env, encoding: "utf8" }).trim();
}

function end(server: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  return new Promise((ended) => {
    server.on("exit", () => ended());
    server.kill(signal);
  });
}
