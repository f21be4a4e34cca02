import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the browser runs, as it was built. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** The built application. It is read when a page is made, so that no other command loads it. */
export function readPageAssets(): PageAssets {
  const read = (name: string): string => readFileSync(assetPath(name), "utf8");
  return { script: read("page.js"), style: read("page.css") };
}

/** Beside the program where that is built, else where `npm run build` and the tests put it. */
function assetPath(name: string): string {
  const here = import.meta.url;
  const built = here.includes("/chunks/") ? `../page/${name}` : `./page/${name}`;
  return fileURLToPath(new URL(here.endsWith(".ts") ? `../../dist/page/${name}` : built, here));
}
