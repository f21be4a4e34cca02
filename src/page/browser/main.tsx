// The page's application. It is built into a single script that is embedded in the page.
import "@preact/signals";
import { render } from "preact";
import type { HomeDocument, PageStart } from "../page-documents.ts";
import { App } from "./app.tsx";
import { fileSource } from "./file-source.ts";
import { LabellingPage } from "./labelling-page.tsx";
import { liveSource } from "./live-source.ts";
import { openLabelling } from "./open-labelling.ts";
import { followAddress } from "./page-state.ts";
import "./page.css";

const start = JSON.parse(document.getElementById("start")?.textContent ?? "null") as PageStart;
const root = document.getElementById("app");
if (root !== null) {
  if (start.mode === "labels") {
    const client = openLabelling(location.pathname, "run the same evals label command again");
    render(<LabellingPage client={client} />, root);
  } else {
    followAddress();
    const first = (): HomeDocument => JSON.parse(document.getElementById("home")?.textContent ?? "null");
    const source =
      start.mode === "file" ? fileSource(start, document) : liveSource(start, location.pathname, first());
    render(<App source={source} />, root);
  }
}
