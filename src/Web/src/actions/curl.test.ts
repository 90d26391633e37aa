import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { curlCommand } from "./curl";

/** The words that a real shell makes of a command line, with XC_TOKEN set. */
function shellWords(command: string): string[] {
  const script = `${command.replace(/^curl/, `printf '%s\\n'`)}`;
  const output = execFileSync("sh", ["-c", script], { env: { XC_TOKEN: "xc_secret" }, encoding: "utf8" });
  return output.trimEnd().split("\n");
}

describe("a request as curl", () => {
  it("gives the shell the same words back, whatever is in the body", () => {
    const json = { name: `it's "quoted" $(reboot) \`reboot\` \\ & ; <x>` };
    const words = shellWords(curlCommand({ method: "PATCH", path: "/v1/devices/dev_1", json }, "http://localhost:5080", false));
    expect(words).toEqual([
      "-fsS",
      "-X",
      "PATCH",
      "-H",
      "Content-Type: application/json",
      "-d",
      JSON.stringify(json),
      "http://localhost:5080/v1/devices/dev_1",
    ]);
  });

  it("takes the key from the environment and never holds it", () => {
    const command = curlCommand({ method: "GET", path: "/v1/devices/dev_1?hash=true" }, "http://localhost:5080", true);
    expect(command).toContain("$XC_TOKEN");
    expect(shellWords(command)).toEqual([
      "-fsS",
      "-H",
      "Authorization: Bearer xc_secret",
      "http://localhost:5080/v1/devices/dev_1?hash=true",
    ]);
  });
});
