// The network between browser and server: a TCP proxy that can be cut, that can swallow everything, and that can
// lose the server's answers while it still delivers what the browser sends.

import { connect, createServer, type Socket } from "node:net";

export type Weather = "fine" | "cut" | "swallows all" | "loses answers";

export interface Network {
  /** Where the browser reaches the server. */
  url: string;
  /** Changes what becomes of packets; "cut" also breaks every open connection. */
  turn(weather: Weather): void;
  /** Leads to another server from now on. */
  leadTo(server: string): void;
  close(): void;
}

export async function openNetwork(server: string): Promise<Network> {
  let weather: Weather = "fine";
  const sockets = new Set<Socket>();
  let target = new URL(server);
  const proxy = createServer((browser) => {
    if (weather === "cut") {
      browser.destroy();
      return;
    }
    const onward = connect(Number(target.port), target.hostname);
    const end = (): void => {
      browser.destroy();
      onward.destroy();
      sockets.delete(browser);
    };
    sockets.add(browser);
    // What is lost was lost on the way: later bytes of the same connection never make sense again.
    let broken = false;
    browser.on("data", (bytes) => weather === "swallows all" || onward.write(bytes));
    onward.on("data", (bytes) => {
      broken ||= weather !== "fine";
      if (!broken) browser.write(bytes);
    });
    for (const socket of [browser, onward]) socket.on("close", end).on("error", end);
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    turn(next) {
      // Connections that lost bytes end when the weather turns fine, as they would by time-outs.
      if (next === "cut" || next === "fine") cut();
      weather = next;
    },
    leadTo(other) {
      target = new URL(other);
    },
    close() {
      cut();
      proxy.close();
    },
  };
}
