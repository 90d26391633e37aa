// Builds the device lab into dist/, which the Api serves. `npm run dev` serves it with the Api's routes
// passed on to a server started by scripts/run (or the address in XOUSCLOUD_URL).

import { defineConfig } from "vite";

const api = process.env["XOUSCLOUD_URL"] ?? "http://localhost:5080";

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    // The first browsers with light-dark(): rewritten for older ones, it would not follow the page's own switch.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Fonts and images stay files, so that the page's content security policy needs no data: for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/v1": { target: api, ws: true },
    },
  },
});
