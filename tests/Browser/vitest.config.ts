// The browser tests: a real server, a real Chromium, guests of ours. Run by `npm test`; one file at a time,
// because a browser and an emulator are enough for the machines they run on.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "./lab/setup.ts",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
