import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReportedRun } from "../../domain/report.ts";
import { HOSTILE, hostileRun, largeRun, reportedRun, row } from "../testing/reported-run.ts";
import { htmlReport } from "./page.ts";

const CHROMIUM = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== "" && existsSync(path));

/** Whatever a page may try that is not showing text. */
interface Watched {
  readonly page: Page;
  readonly requests: string[];
  readonly dialogs: string[];
  readonly errors: string[];
}

let browser: Browser;
let folder: string;
beforeAll(async () => {
  if (CHROMIUM === undefined)
    throw new Error("No Chromium here: apt-get install chromium, or name one in CHROMIUM");
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  folder = mkdtempSync(join(tmpdir(), "evals-html-"));
});
afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

type View = NonNullable<Parameters<Browser["newPage"]>[0]>;

async function opened(runs: readonly ReportedRun[], view: View = {}): Promise<Watched> {
  const path = join(folder, "report.html");
  writeFileSync(path, htmlReport(runs));
  const page = await browser.newPage({ colorScheme: "light", ...view });
  const watched: Watched = { page, requests: [], dialogs: [], errors: [] };
  page.on("request", (request) => watched.requests.push(request.url()));
  page.on("dialog", (dialog) => {
    watched.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => watched.errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") watched.errors.push(message.text());
  });
  await page.goto(pathToFileURL(path).href);
  return watched;
}

const ids = (page: Page): Promise<string[]> => page.locator("button.case").allTextContents();
const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });
const head = (page: Page, column: string): Locator => page.locator(`th[data-sort=${column}] button`);
const isAt = (focused: Locator): Promise<boolean> =>
  focused.evaluate((element) => element === element.ownerDocument.activeElement);
const paper = (page: Page): Promise<string> =>
  page.evaluate("getComputedStyle(document.body).backgroundColor");

/** Cases that differ in everything a filter or an order can go by. */
const mixed = reportedRun(
  {},
  {
    cases: [
      ...reportedRun().rows(),
      row({ id: "late-01", tags: ["vip"], change: "new", baseline: null }),
      row({ id: "gone-01", answered: 0, passed: 0, errored: 5, trials: "eeeee", change: "missing" }),
    ],
  },
);

describe("the page in Chromium", () => {
  it("asks nobody for anything and has no error", async () => {
    const { page, requests, errors } = await opened([reportedRun(), mixed]);
    await page.locator("button.case").first().click();
    await page.waitForTimeout(300);
    expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(errors).toEqual([]);
    await page.close();
  });

  it("filters by text of ids, tags and answers, by tag and by status", async () => {
    const { page } = await opened([mixed]);
    const text = page.locator("[name=text]");
    const count = page.getByRole("status");
    await expect.poll(() => count.textContent()).toBe("6 cases");
    for (const [typed, found] of [
      ["REFUND", ["refund-07"]],
      ["payments", ["refund-07"]],
      ["here is your json", ["angry-02"]],
      ["no such thing", []],
    ] as const) {
      await text.fill(typed);
      await expect.poll(() => ids(page), { message: typed }).toEqual(found);
      expect(await count.textContent()).toBe(`${found.length} of 6 cases`);
    }
    await text.fill("");
    await page.locator("[name=tag]").selectOption({ label: "vip" });
    await expect.poll(() => ids(page)).toEqual(["refund-07", "late-01"]);
    await page.locator("[name=status]").selectOption("unpaired");
    expect(await ids(page)).toEqual(["late-01"]);
    await page.locator("[name=tag]").selectOption({ label: "all" });
    for (const [status, found] of [
      ["unpaired", ["gone-01", "late-01"]],
      ["never", ["refund-07"]],
      ["flaky", ["angry-02"]],
      ["broken", ["refund-07"]],
      ["fixed", ["parcel-02"]],
      ["errors", ["angry-02", "gone-01"]],
      ["passing", ["hours-01", "late-01", "parcel-02"]],
    ] as const) {
      await page.locator("[name=status]").selectOption(status);
      expect((await ids(page)).sort(), status).toEqual(found);
    }
    await page.close();
  });

  it("shows the worst first, and sorts by a column up and down", async () => {
    const { page } = await opened([mixed]);
    expect((await ids(page)).slice(0, 2)).toEqual(["refund-07", "angry-02"]);
    const sorted = page.locator("th[data-sort=id]");
    await head(page, "id").click();
    expect(await ids(page)).toEqual(["angry-02", "gone-01", "hours-01", "late-01", "parcel-02", "refund-07"]);
    expect(await sorted.getAttribute("aria-sort")).toBe("ascending");
    await head(page, "id").click();
    expect((await ids(page))[0]).toBe("refund-07");
    expect(await sorted.getAttribute("aria-sort")).toBe("descending");
    await head(page, "before").click();
    expect((await ids(page))[0]).toBe("late-01");
    expect(await sorted.getAttribute("aria-sort")).toBeNull();
    await page.close();
  });

  it("shows a case's answers before and after with what differs", async () => {
    const { page } = await opened([mixed]);
    await button(page, "refund-07").click();
    const detail = page.locator("tr.detail");
    expect(await detail.locator("del").allTextContents()).toEqual(["billing"]);
    expect(await detail.locator("ins").allTextContents()).toEqual(["payments"]);
    expect(await detail.textContent()).toContain('queue: expected "billing", found "payments"');
    expect(await detail.textContent()).toContain("evals show 3f9c21aa/refund-07");
    await button(page, "refund-07").click();
    expect(await detail.count()).toBe(0);
    await page.close();
  });

  it("is used with the keyboard alone", async () => {
    const { page } = await opened([mixed]);
    await page.keyboard.press("/");
    expect(await isAt(page.locator("[name=text]"))).toBe(true);
    await page.keyboard.type("-0");
    await expect.poll(() => page.getByRole("status").textContent()).toBe("6 cases");
    for (let pressed = 0; pressed < 20 && !(await isAt(button(page, "refund-07"))); pressed++)
      await page.keyboard.press("Tab");
    expect(await isAt(button(page, "refund-07"))).toBe(true);
    await page.keyboard.press("Enter");
    expect(await button(page, "refund-07").getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await isAt(button(page, "angry-02"))).toBe(true);
    await page.keyboard.press("Space");
    expect(await page.locator("tr.detail").count()).toBe(2);
    await page.keyboard.press("ArrowUp");
    expect(await isAt(button(page, "refund-07"))).toBe(true);
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).toBe("solid");
    await page.close();
  });

  it.each([
    ["light", "rgb(255, 255, 255)", "dark colours", "rgb(13, 17, 23)"],
    ["dark", "rgb(13, 17, 23)", "light colours", "rgb(255, 255, 255)"],
  ] as const)("follows a %s system, and turns over on request", async (colorScheme, own, name, other) => {
    const { page } = await opened([mixed], { colorScheme });
    expect(await paper(page)).toBe(own);
    await button(page, name).click();
    expect(await paper(page)).toBe(other);
    await page.locator("button.theme").click();
    expect(await paper(page)).toBe(own);
    await page.close();
  });

  it.each([360, 768, 1200])("needs no scrolling sideways at a width of %d", async (width) => {
    const { page } = await opened([mixed, hostileRun()], { viewport: { width, height: 800 } });
    for (const one of await page.locator("button.case").all()) await one.click();
    const over = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(over).toBeLessThanOrEqual(0);
    const widths = await page.locator("button.case").evaluateAll((all) => all.map((one) => one.clientWidth));
    expect(Math.min(...widths)).toBeGreaterThan(40);
    await page.close();
  });
});

describe("a hostile answer in Chromium", () => {
  const attack = [
    HOSTILE,
    "<img src=x onerror=alert(1)><svg onload=alert(2)><iframe srcdoc='<script>parent.alert(3)</script>'>",
    '<img src="http://evil.example/y.png"><a href="javascript:alert(4)">x</a><body onload=alert(5)><base href="http://evil.example/">',
    "<style>@import 'http://evil.example/x.css'</style><meta http-equiv=refresh content='0;url=http://evil.example'>",
    "--></textarea></title></noscript></script><script>alert(6)</script>",
    "${alert(7)} {{constructor.constructor('alert(8)')()}} \\u003cscript\\u003ealert(9)\\u003c/script\\u003e",
  ].join("\n");
  const texts = { output: attack, before: "", expected: attack, scorer: attack, reason: attack };
  const hostile = (): ReportedRun[] => [
    hostileRun(),
    reportedRun({}, { cases: [row({ id: attack, tags: [attack], passed: 0, trials: "fffff" }, texts)] }),
  ];

  it("is shown as the text it is: nothing runs, nothing is asked, nothing becomes an element", async () => {
    const { page, requests, dialogs, errors } = await opened(hostile());
    for (const one of await page.locator("button.case").all()) await one.click();
    const shown = await page.locator("pre").allTextContents();
    expect(shown.filter((text) => text.includes("</script><script>alert(6)</script>"))).toHaveLength(2);
    await page.locator("[name=text]").last().fill("alert(6)");
    await page.waitForTimeout(500);
    expect(dialogs).toEqual([]);
    expect(errors).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(await page.title()).toMatch(/^FAILED /);
    const foreign =
      "img, iframe, object, embed, form, base, link, meta[http-equiv=refresh], [onerror], [onload]";
    expect(await page.locator(foreign).count()).toBe(0);
    expect(await page.locator("a:not([href^='#'])").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2 * 2 + 1);
    await page.close();
  });

  it("could not run or load anything even as markup", async () => {
    const { page, requests, dialogs } = await opened(hostile());
    const blocked: string[] = [];
    page.on("requestfailed", (one) => {
      if (one.failure()?.errorText === "csp") blocked.push(one.url());
    });
    // A policy does not forbid to leave the page, so the one line that would is left out.
    const markup = JSON.stringify(attack.replace(/<meta[^>]*>/, ""));
    await page.evaluate(`{
      document.body.insertAdjacentHTML("beforeend", ${markup});
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'; alert(10)";
      document.body.append(script);
    }`);
    await page.waitForTimeout(500);
    expect(dialogs).toEqual([]);
    expect(await page.title()).not.toBe("owned");
    // Chromium tells of a request that it did not make, too.
    expect(requests.slice(1).filter((url) => !blocked.includes(url))).toEqual([]);
    expect(blocked).toContain("http://evil.example/y.png");
    await page.close();
  });
});

describe("a page of 10,000 cases in Chromium", () => {
  it("fills a window that is higher than its first rows", async () => {
    const { page } = await opened([largeRun(10_000, 100)], { viewport: { width: 1200, height: 12_000 } });
    await expect.poll(() => page.locator("button.case").count()).toBeGreaterThan(300);
    expect(await page.locator("button.case").count()).toBeLessThan(1_000);
    await page.close();
  });

  it.each([
    ["short answers", 100],
    ["as many bytes of answers as it takes", 4_000],
  ])("opens at once, filters and sorts: %s", async (_, length) => {
    const { page, errors } = await opened([largeRun(10_000, length)]);
    const first: { painted: number; ready: number } = await page.evaluate(`({
      painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
      ready: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
    })`);
    const measured = `first paint ${Math.round(first.painted)} ms, table ready ${Math.round(first.ready)} ms`;
    process.stderr.write(`10,000 cases, ${length} letters an answer: ${measured}\n`);
    // The aim is one second; the rest is for a machine that does something else besides.
    expect(Math.max(first.painted, first.ready), measured).toBeLessThan(4_000);
    expect(await page.getByRole("status").textContent()).toBe("10,000 cases");
    expect(await page.locator("button.case").count()).toBeLessThanOrEqual(200);
    await page.locator("[name=text]").fill("case-9999");
    await expect.poll(() => ids(page), { timeout: 10_000 }).toEqual(["case-9999"]);
    await page.locator("[name=text]").fill("");
    await head(page, "id").click();
    await expect.poll(async () => (await ids(page))[0]).toBe("case-0");
    await page.locator("button.more").scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator("button.case").count()).toBeGreaterThan(100);
    expect(errors).toEqual([]);
    await page.close();
  });
});
