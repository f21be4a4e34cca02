import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the browser that scripts/start-chromium.mjs started; "" where there is none. */
    readonly chromium: string;
  }
}

/** @throws where there is none */
export function connectChromium(): Promise<Browser> {
  const address = inject("chromium");
  if (address === "") throw new Error("No Chromium here: apt-get install chromium, or name one in CHROMIUM");
  return chromium.connect(address);
}

/** Milliseconds for what a page must do before a test goes on; a busy machine needs many. */
export const PAGE_MS = 60_000;

/** A page, and whatever it tried that is not showing text. */
export interface WatchedPage {
  readonly page: Page;
  readonly requests: string[];
  readonly faults: string[];
}

export async function openWatched(
  browser: Browser,
  url: string,
  view: NonNullable<Parameters<Browser["newPage"]>[0]> = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({
    colorScheme: "light",
    viewport: { width: 1280, height: 860 },
    ...view,
  });
  page.setDefaultTimeout(PAGE_MS);
  const watched: WatchedPage = { page, requests: [], faults: [] };
  page.on("request", (request) => watched.requests.push(request.url()));
  page.on("pageerror", (error) => watched.faults.push(error.message));
  page.on("dialog", (dialog) => {
    watched.faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (line) => {
    if (line.type() === "error") watched.faults.push(line.text());
  });
  await page.goto(url);
  await page.waitForSelector("h1");
  return watched;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong, with the first element of each. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`))",
  );
}

/** Milliseconds until something of the page was painted. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    "Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity)",
  );
}
