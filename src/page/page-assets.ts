import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built files for the browser. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Reads the built application. */
export function readPageAssets(): PageAssets {
  const read = (name: string): string => readFileSync(assetPath(name), "utf8");
  return { script: read("page.js"), style: read("page.css") };
}

/** Path of a built file: next to the built program, or in `dist/` when the sources run. */
function assetPath(name: string): string {
  const here = import.meta.url;
  const built = here.includes("/chunks/") ? `../page/${name}` : `./page/${name}`;
  return fileURLToPath(new URL(here.endsWith(".ts") ? `../../dist/page/${name}` : built, here));
}
