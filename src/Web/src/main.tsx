// The device lab: starts the page. Views draw signals (state/), actions change things (actions/), and everything
// comes from the public API (api/, stream/).

import "@xterm/xterm/css/xterm.css";
import "./styles/page.css";
import "./styles/device.css";
import { render } from "preact";
import { listenToKeys } from "./actions/registry";
import { App } from "./views/App";

const page = document.getElementById("page");
if (page !== null) {
  listenToKeys();
  render(<App />, page);
}
