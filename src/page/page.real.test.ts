import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../cli/testing/scenario.ts";
import type { ReportedRun } from "../domain/report.ts";
import { HOSTILE, hostileRun, largeRun, reportedRun, row } from "../reports/testing/reported-run.ts";
import { pageFile } from "./page-file.ts";
import { visible } from "./page-text.ts";
import {
  axeViolations,
  connectChromium,
  firstPaint,
  openWatched,
  type WatchedPage,
} from "./testing/chromium.ts";
import { type OpenPage, openPage } from "./testing/page-client.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/**
 * Folder for the screenshots in the documentation; null unless `UPDATE_GOLDENS=1 npm run test:page` updates
 * them.
 */
const PICTURES = process.env.UPDATE_GOLDENS ? join(ROOT, "docs/images") : null;

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await connectChromium();
  folder = mkdtempSync(join(tmpdir(), "evals-page-"));
});
afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

let files = 0;
async function file(...runs: readonly ReportedRun[]): Promise<{ url: string; bytes: number }> {
  const path = join(folder, `page-${++files}.html`);
  writeFileSync(path, await pageFile(runs.map((run, at) => ({ key: `run${at}`, run }))));
  return { url: pathToFileURL(path).href, bytes: statSync(path).size };
}

const report = (text: string): void => void process.stderr.write(`${text}\n`);
const selected = (page: Page): Promise<string | null> => page.locator(".row.selected a").textContent();

const focused = (page: Page): Promise<string> =>
  page.evaluate("document.activeElement.outerHTML.slice(0, 200)");

async function search(page: Page, text: string): Promise<void> {
  await page.keyboard.press("/");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".row.selected");
}

describe("a file in Chromium", () => {
  it("can be used by keyboard alone, from the search to a trial and back", async () => {
    const { url } = await file(reportedRun());
    const { page, requests, faults } = await openWatched(browser, url);
    await page.waitForSelector(".row");
    await search(page, "tag:billing");
    expect(await selected(page)).toBe("refund-07");
    for (const key of ["j", "j", "k", "j"]) await page.keyboard.press(key);
    expect(await selected(page)).toBe("angry-02");
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".sides");
    expect(await page.locator("mark.first").count()).toBe(2);
    expect(await page.locator(".side mark").allTextContents()).toContain("payments");
    await page.keyboard.press("Enter");
    await page.waitForSelector("details.part");
    expect(await page.evaluate("location.hash")).toBe("#/run/run0/case/refund-07/now/1");
    for (const view of ["/case/refund-07", "?q=tag%3Abilling"]) {
      await page.keyboard.press("Escape");
      await expect.poll(() => page.evaluate("location.hash")).toBe(`#/run/run0${view}`);
    }
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("dialog").count()).toBe(0);
    expect(requests).toHaveLength(1);
    expect(faults).toEqual([]);
    await page.close();
  });

  it("has the focus on the heading of each view, and back where the user left it", async () => {
    const { url } = await file(reportedRun(), reportedRun());
    const trial = "#/run/run0/case/refund-07/now/1";
    for (const view of ["#/run/run0", "#/run/run0/case/refund-07", trial, "#/matrix/run0,run1", "#/"]) {
      const { page } = await openWatched(browser, url + view);
      await page.waitForSelector(".row, .sides, details.part, .runs");
      await expect.poll(() => focused(page), { message: view }).toMatch(/^<h1/);
      await page.close();
    }
    const { page } = await openWatched(browser, `${url}#/run/run0`);
    await page.waitForSelector(".row");
    await search(page, "tag:billing");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".sides");
    await expect.poll(() => focused(page)).toMatch(/^<h1[^>]*>refund-07/);
    const link = page.locator('.side a[href$="/now/1"]');
    await link.focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("details.part");
    await expect.poll(() => focused(page)).toMatch(/^<h1[^>]*>refund-07, trial 1/);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => focused(page)).toMatch(/^<h1[^>]*>refund-07, trial 2/);
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toMatch(/^<a href="[^"]*\/now\/1"/);
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toMatch(/^<div class="grid/);
    expect(await selected(page)).toBe("refund-07");
    await page.close();
  });

  it("finds texts of answers that it has not opened yet", async () => {
    const { url } = await file(reportedRun());
    const { page } = await openWatched(browser, url);
    await page.waitForSelector(".row");
    await page.keyboard.press("/");
    await page.keyboard.type('"here is your json"');
    await expect.poll(() => page.locator(".row a").allTextContents()).toEqual(["angry-02"]);
    await page.close();
  });

  it.each([360, 400, 768, 1280])("needs no scrolling sideways at a width of %d", async (width) => {
    const targets = Array.from({ length: 8 }, () => reportedRun());
    const { url } = await file(reportedRun(), hostileRun(), ...targets);
    for (const view of [
      "",
      "#/matrix/run0,run1",
      "#/matrix/run2,run3,run4,run5,run6,run7,run8,run9",
      "#/run/run0",
      "#/run/run0/case/refund-07",
      "#/run/run0/case/refund-07/now/1",
      "#/run/run1",
    ]) {
      const { page } = await openWatched(browser, url + view, { viewport: { width, height: 800 } });
      await page.waitForTimeout(300);
      expect(
        await page.evaluate("document.documentElement.scrollWidth - innerWidth"),
        view,
      ).toBeLessThanOrEqual(0);
      await page.close();
    }
  });

  it("shows hostile texts as text: nothing runs, nothing is requested", async () => {
    const attack = [
      HOSTILE,
      "<img src=x onerror=alert(1)><svg onload=alert(2)><iframe srcdoc='<script>parent.alert(3)</script>'>",
      '<img src="http://evil.example/y.png"><a href="javascript:alert(4)">x</a><base href="http://evil.example/">',
      "<style>@import 'http://evil.example/x.css'</style>--></noscript></script><script>alert(6)</script>",
    ].join("\n");
    const evil = row(
      { id: attack, tags: [attack], passed: 0, trials: "fffff", change: "broken" },
      { input: attack, output: attack, before: "", expected: attack, scorer: attack, reason: attack },
    );
    const { url } = await file(hostileRun(), reportedRun({}, { cases: [evil] }));
    const id = encodeURIComponent(visible(attack));
    for (const view of [
      "",
      "#/run/run0",
      "#/run/run1",
      `#/run/run1?q=${id}`,
      `#/run/run1/case/${id}`,
      "#/matrix/run0,run1",
    ]) {
      const { page, requests, faults } = await openWatched(browser, url + view);
      await page.waitForTimeout(400);
      expect([requests.length, faults], view).toEqual([1, []]);
      const foreign = "#app img, iframe, object, embed, base, [onerror], [onload], a[href^=javascript]";
      expect(await page.locator(foreign).count(), view).toBe(0);
      await page.close();
    }
  });

  it("could not run or load anything even as markup", async () => {
    const { url } = await file(reportedRun());
    const { page, requests, faults } = await openWatched(browser, url);
    await page.evaluate(`{
      document.body.insertAdjacentHTML("beforeend", '<img src="http://evil.example/y.png" onerror="document.title=1">');
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
    }`);
    await page.waitForTimeout(300);
    expect(await page.title()).toBe("FAILED triage");
    // Chromium also reports requests that the policy has blocked.
    expect(requests.filter((one) => one.startsWith("http:") && !one.includes("evil.example"))).toEqual([]);
    expect(faults.join(" ")).toContain("Content Security Policy");
    await page.close();
  });

  it("opens 100,000 trials at once, and goes to their end", async () => {
    const { url, bytes } = await file(largeRun(20_000, 100));
    const { page, faults } = await openWatched(browser, url);
    await page.waitForSelector(".row");
    const paint = await firstPaint(page);
    report(`100,000 trials: file ${(bytes / 1e6).toFixed(1)} MB, first paint ${paint} ms`);
    expect(await page.locator("*").count()).toBeLessThan(3_000);
    await search(page, "case-1999");
    await page.keyboard.press("G");
    await expect.poll(() => selected(page)).toMatch(/^case-1999\d$/);
    expect(faults).toEqual([]);
    await page.close();
  });
});

/**
 * A script that replaces the index in the page by one of `many` cases, so that no file of that size must be
 * written.
 */
function listOfMany(many: number): string {
  return `(async () => {
    const start = JSON.parse(document.getElementById("start").textContent);
    const index = JSON.parse(document.getElementById("index-0").textContent);
    const ids = Array.from({ length: ${many} }, (_, at) => "case-" + at);
    document.getElementById("index-0").textContent = JSON.stringify({
      ...index, ids, inputs: [], tag_set_of: ids.map(() => 0), scores: index.scores.map(() => []), latency_ms: [],
      now: { width: 1, marks: "p".repeat(${many}), passed: [], answered: [] }, before: null,
      changes: "-".repeat(${many}), page_of: [],
    });
    return start.runs.length;
  })()`;
}

describe("a list of 1,000,000 cases in Chromium", () => {
  it("is scrolled from end to end with as few rows as fit", async () => {
    const { url } = await file(reportedRun(), reportedRun());
    const { page, faults } = await openWatched(browser, `${url}#/`);
    await page.waitForSelector(".row");
    await page.evaluate(listOfMany(1_000_000));
    await page.evaluate("location.hash = '#/run/run0'");
    await page.getByText("1,000,000 cases").waitFor();
    await page.locator(".grid").focus();
    await page.keyboard.press("G");
    await expect.poll(() => selected(page)).toBe("case-999999");
    await page.evaluate("document.querySelector('.grid').scrollTop = 0");
    await expect.poll(() => page.locator(".row a").first().textContent()).toBe("case-0");
    await page.evaluate(
      "{ const grid = document.querySelector('.grid'); grid.scrollTop = grid.scrollHeight / 2; }",
    );
    await expect
      .poll(async () => /^case-[45]\d{5}$/.test((await page.locator(".row a").first().textContent()) ?? ""))
      .toBe(true);
    expect(await page.locator(".row").count()).toBeLessThan(40);
    expect(faults).toEqual([]);
    await page.close();
  });
});

describe("evals view in Chromium, over the repository's own suites", () => {
  let repo: Scenario;
  let view: OpenPage;
  let traceId: string;
  let ids: { readonly older: string; readonly newer: string };
  const open: WatchedPage[] = [];

  beforeAll(async () => {
    repo = scenario(null);
    for (const part of ["evalconfig.yaml", "evals", "datasets", "prompts", "judges", "labels", "schemas"])
      cpSync(join(ROOT, part), join(repo.root, part), { recursive: true });
    mkdirSync(join(repo.root, "fixtures"));
    for (const recorded of ["gemma.jsonl", "gemma-judge.jsonl"])
      cpSync(join(ROOT, "fixtures", recorded), join(repo.root, "fixtures", recorded));
    const ran = async (args: string): Promise<string> => {
      const { stdout } = await repo.evals(`run ${args} --json`);
      const [run] = JSON.parse(stdout).runs;
      if (run === undefined) throw new Error(stdout);
      return run.id;
    };
    const older = await ran("order-number --baseline none");
    await ran("ticket-json --baseline none");
    const newer = await ran(`order-number --prompt order-number@1.0.0 --baseline ${older}`);
    ids = { older, newer };
    cpSync(join(ROOT, "fixtures/traces/shop-bot.jsonl"), join(repo.root, "fixtures/shop-bot.jsonl"));
    await repo.evals("import traces fixtures/shop-bot.jsonl");
    const { stdout } = await repo.evals("traffic --json");
    traceId = JSON.parse(stdout).traces[0].id;
    view = await openPage(repo, "view --no-open", {
      sleep: (ms: number, signal: AbortSignal) =>
        setTimeout(Math.min(ms, 100), undefined, { signal }).catch(() => {}),
    });
  });
  afterEach(async () => {
    for (const { page } of open.splice(0)) await page.close();
  });
  afterAll(async () => {
    view?.io.signal("SIGINT");
    await view?.ended;
    repo?.remove();
  });

  const views = (): Readonly<Record<string, string>> => ({
    runs: "#/",
    run: `#/run/${ids.newer}`,
    case: `#/run/${ids.newer}/case/none-phone`,
    trial: `#/run/${ids.newer}/case/none-phone/now/1`,
    compare: `#/compare/${ids.older}/${ids.newer}`,
    matrix: `#/matrix/${ids.older},${ids.newer}`,
    suites: "#/labels",
    labelling: "#/labels/order-number",
    traffic: "#/traffic",
    trace: `#/traffic/${traceId}`,
  });

  /**
   * The element that appears when a view is complete; a view that is not listed is complete when it has rows.
   */
  const SHOWN: Readonly<Record<string, string>> = {
    ...{ case: ".sides", trial: "details.part", trace: "details.part", labelling: "#question" },
  };

  async function shown(name: string, scheme: "light" | "dark", width = 1280): Promise<WatchedPage> {
    const watched = await openWatched(browser, `${view.url}${views()[name]}`, {
      colorScheme: scheme,
      viewport: { width, height: 860 },
    });
    open.push(watched);
    await watched.page.waitForSelector(SHOWN[name] ?? ".row");
    await watched.page.waitForTimeout(300);
    return watched;
  }

  it.each(["runs", "run", "case", "trial", "compare", "matrix", "suites", "labelling", "traffic", "trace"])(
    "has no accessibility fault in light and dark, and sends no request to others: %s",
    async (name) => {
      for (const scheme of ["light", "dark"] as const) {
        const { page, requests, faults } = await shown(name, scheme);
        expect(await axeViolations(page), scheme).toEqual([]);
        expect(requests.filter((url) => !url.startsWith(view.url))).toEqual([]);
        expect(faults).toEqual([]);
        if (PICTURES !== null && name !== "labelling" && (scheme === "light" || name === "run"))
          await page.screenshot({
            path: join(PICTURES, `page-${name}${scheme === "dark" ? "-dark" : ""}.png`),
          });
      }
      if (PICTURES === null || name !== "run") return;
      const { page } = await shown(name, "light", 390);
      await page.screenshot({ path: join(PICTURES, "page-run-phone.png") });
    },
  );

  it("shows a new run without a reload", async () => {
    const { page } = await shown("runs", "light");
    await expect.poll(() => page.locator(".runs .row").count()).toBe(3);
    const { stdout } = await repo.evals("run ticket-json --baseline none --no-cache --json");
    const { id } = JSON.parse(stdout).runs[0];
    await page.locator(`.row a[href="#/run/${id}"]`).waitFor();
    await page.locator(`.row a[href="#/run/${id}"]`).click();
    await page.waitForSelector("h1 .good, h1 .bad, h1 .unsure, h1 .plain");
  });
});
