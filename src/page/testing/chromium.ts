import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the browser that scripts/start-chromium.mjs started; "" without a browser. */
    readonly chromium: string;
  }
}

/** @throws when no browser was started */
export function connectChromium(): Promise<Browser> {
  const address = inject("chromium");
  if (address === "") throw new Error("No Chromium here: apt-get install chromium, or name one in CHROMIUM");
  return chromium.connect(address);
}

/** Milliseconds that a test waits for an action of a page; large, because the machine may be busy. */
export const PAGE_MS = 60_000;

/** A page with the requests that it sent, and its errors and dialogs. */
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

/** The accessibility rules that axe-core finds violated, each with the first such element. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`))",
  );
}

/** Milliseconds until the browser painted the first content of the page. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    "Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity)",
  );
}
