// Before all tests: the page is built, the guests are built, the server runs on a free port with a data folder
// of its own. After them, it is stopped and the folder is gone.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { repository, startServer } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    server: string;
    firmware: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scratch = mkdtempSync(join(tmpdir(), "xouscloud-browser-"));
  buildPage();
  project.provide("firmware", buildGuests(scratch));
  const server = await startServer(join(scratch, "data"));
  project.provide("server", server.url);
  return async () => {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  };
}

function buildPage(): void {
  const web = join(repository, "src/Web");
  const npm = (...words: string[]) => execFileSync("npm", words, { cwd: web, stdio: ["ignore", "ignore", "inherit"] });
  if (!existsSync(join(web, "node_modules"))) npm("ci", "--no-audit", "--no-fund");
  npm("run", "build");
}

/** @returns the folder with NAME.elf and NAME.bin of each guest, and chatty.elf: hello, a line each millisecond. */
function buildGuests(scratch: string): string {
  const make = (out: string, ...words: string[]) =>
    execFileSync("make", ["-s", "-C", join(repository, "tests/Firmware"), `OUT=${out}`, ...words], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  const built = process.env["XOUSCLOUD_FIRMWARE"] ?? join(scratch, "firmware");
  if (process.env["XOUSCLOUD_FIRMWARE"] === undefined) make(built);
  const firmware = join(scratch, "guests");
  make(firmware, `${firmware}/hello.elf`, "DEFINES=-DPERIOD_MS=1");
  execFileSync("mv", [join(firmware, "hello.elf"), join(firmware, "chatty.elf")]);
  execFileSync("sh", ["-c", 'cp "$0"/*.elf "$0"/*.bin "$1"', built, firmware]);
  return firmware;
}
