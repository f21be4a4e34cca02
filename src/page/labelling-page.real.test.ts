import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { answersProject } from "../cli/testing/answers-project.ts";
import type { Scenario } from "../cli/testing/scenario.ts";
import { trafficProject } from "../cli/testing/traffic-project.ts";
import type { Label } from "../domain/label.ts";
import { serveLabelling } from "./labelling-server.ts";
import { LabellingSession } from "./labelling-session.ts";
import { axeViolations, connectChromium, PAGE_MS } from "./testing/chromium.ts";
import { type OpenPage, openPage } from "./testing/page-client.ts";

/** Folder for screenshots of the page for people to look at; undefined when none are wanted. */
const PICTURES = process.env.EVALS_REAL_PICTURES;
/**
 * Folder for the screenshot in the documentation; null unless `UPDATE_GOLDENS=1 npm run test:page` updates it.
 */
const DOCUMENTED = process.env.UPDATE_GOLDENS
  ? fileURLToPath(new URL("../../docs/images", import.meta.url))
  : null;

const HOSTILE = [
  '<img src=x onerror="window.owned=1"><script>window.owned=1</script>',
  "javascript:window.owned=1",
  "</pre></script><script>window.owned=1</script>",
  "\u202Eright to left\u2066 and \u001b[31mred\u0000",
  '{"__proto__": {"owned": 1}, "reply": "<b onclick=window.owned=1>x</b>"}',
  '<iframe srcdoc="<script>parent.owned=1</script>"></iframe>',
  "{{constructor.constructor('window.owned=1')()}}",
  "<style>*{display:none}</style>",
  "",
  "x".repeat(30_000),
  `We are sorry.\n\n${"A long answer goes on for many lines.\n".repeat(80)}`,
  '{"queue":"shipping","reply":"We are sorry that your parcel is late.","steps":["look up","refund"]}',
];
const ANSWERS = HOSTILE.map((output, at) => ({ case: `ticket-${String(at + 1).padStart(2, "0")}`, output }));

let browser: Browser;
beforeAll(async () => {
  browser = await connectChromium();
});
afterAll(() => browser?.close());

const open: Scenario[] = [];
const sessions: OpenPage[] = [];
afterEach(async () => {
  for (const one of sessions.splice(0)) {
    one.io.signal("SIGINT");
    await one.ended;
  }
  for (const one of open.splice(0)) one.remove();
});

async function project(): Promise<Scenario> {
  const repo = answersProject(ANSWERS);
  open.push(repo);
  await repo.evals("run --quiet");
  return repo;
}

/** Never ends the wait after the last label, so that a test has time to take the label back. */
const patient = {
  sleep: (_: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve())),
};

async function label(repo: Scenario, args: string): Promise<OpenPage> {
  const one = await openPage(repo, `label triage --no-open ${args}`, patient);
  sessions.push(one);
  return one;
}

const labels = (repo: Scenario): Label[] =>
  readFileSync(join(repo.root, "labels/triage.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

async function newPage(url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(PAGE_MS);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error" && !/ERR_|Failed to load resource/.test(line.text()))
      faults.push(line.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) faults.push(request.url());
  });
  await page.goto(url);
  await page.waitForSelector("#question");
  return { page, faults };
}

/** Waits until an element contains a text. */
async function showsText(page: Page, selector: string, hasText: string): Promise<void> {
  await page.locator(selector).filter({ hasText }).waitFor();
}

/** Presses the key of a verdict and waits until the page shows that `done` labels are kept. */
async function press(page: Page, key: string, done: number): Promise<void> {
  await page.keyboard.press(key);
  await showsText(page, "#progress", `${done} of`);
}

describe("the labelling page in Chromium", () => {
  it("labels ten answers by keyboard, takes one back, and shows no more about them after a reload", async () => {
    const repo = await project();
    const { url, ended } = await label(repo, "--rater ana");
    const { page, faults } = await newPage(url);
    for (let at = 1; at <= 10; at++) await press(page, at % 3 === 0 ? "f" : "p", at);
    expect(labels(repo)).toHaveLength(10);
    const shown = await page.textContent("#case");
    await page.keyboard.press("z");
    await showsText(page, "#progress", "9 of 12");
    expect(await page.textContent("#case")).not.toBe(shown);
    expect(labels(repo)).toHaveLength(9);
    expect(await page.textContent("#notice")).toContain("Your label was “pass”");
    await page.reload();
    await showsText(page, "#progress", "9 of 12");
    const text = await page.innerText("body");
    for (const word of ["weight", "picked", "score", "random", "contains"]) expect(text).not.toContain(word);
    for (let at = 10; at <= 12; at++) await press(page, "u", at);
    expect(await page.textContent("#counts")).toContain(
      "6 pass, 3 fail, 3 unsure, 0 skipped. Every label is saved; the program ends in half a minute, or when you finish.",
    );
    await page.keyboard.press("Enter");
    await showsText(page, "#end-title", "The session has ended.");
    expect((await ended).exit).toBe(0);
    expect(faults).toEqual([]);
  });

  it("shows a hostile answer as text, and runs nothing in it", async () => {
    const repo = await project();
    const { url } = await label(repo, "--rater ana");
    const { page, faults } = await newPage(url);
    const seen: string[] = [];
    for (let at = 1; at <= 12; at++) {
      await page.keyboard.press("v");
      seen.push((await page.innerText("#answer")) ?? "");
      expect(
        await page.locator("#question img, #question iframe, #question script, #question style").count(),
      ).toBe(0);
      await press(page, "s", at);
    }
    expect(await page.evaluate("window.owned ?? ({}).owned ?? null")).toBeNull();
    for (const text of [
      HOSTILE[0],
      "\uFFFDright to left\uFFFD and \uFFFD[31mred\uFFFD",
      "nothing: an empty text",
    ])
      expect(seen.some((one) => one.includes(String(text)))).toBe(true);
    expect(faults).toEqual([]);
  });

  it("keeps what was typed while the server is gone, and sends it to the next server", async () => {
    const repo = await project();
    const first = await label(repo, "--rater ana");
    const { page, faults } = await newPage(first.url);
    await press(page, "p", 1);
    await page.keyboard.press("c");
    await page.keyboard.type("typed before the fall: p f u s z");
    first.io.signal("SIGINT");
    await first.ended;
    await page.waitForSelector("#trouble:not([hidden])");
    expect(await page.textContent("#trouble")).toContain("The server does not answer.");
    await page.keyboard.press("Escape");
    await page.keyboard.press("f");
    await showsText(page, "#trouble", "Your label (fail)");
    expect(await page.isDisabled("button.pass")).toBe(true);
    expect(labels(repo)).toHaveLength(1);
    if (PICTURES) await page.screenshot({ path: join(PICTURES, "lost.png") });
    await label(repo, "--rater ana");
    await showsText(page, "#progress", "2 of 12");
    expect(await page.isHidden("#trouble")).toBe(true);
    expect(labels(repo)[1]).toMatchObject({ verdict: "fail", comment: "typed before the fall: p f u s z" });
    // A draft outlives a reload too.
    await page.keyboard.press("c");
    await page.keyboard.type("half a thought");
    await page.reload();
    await expect.poll(() => page.inputValue("#comment")).toBe("half a thought");
    expect(faults).toEqual([]);
  });

  it("names every control, lists every key in the help, and always keeps the focus on an element", async () => {
    const repo = await project();
    const { url } = await label(repo, "--rater ana");
    const { page, faults } = await newPage(url);
    const unnamed = await page.$$eval(
      "button, textarea, progress, [role=region]",
      (all) =>
        all.filter((one) => {
          const labelled =
            one.getAttribute("aria-label") ?? one.closest("label")?.textContent ?? one.textContent;
          return (labelled ?? "").trim() === "";
        }).length,
    );
    expect(unnamed).toBe(0);
    expect(await page.evaluate("document.activeElement.id")).toBe("case");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog");
    if (PICTURES) await page.screenshot({ path: join(PICTURES, "help.png") });
    await page.keyboard.press("p");
    expect(await page.textContent("#progress")).toBe("0 of 12");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.keyboard.press("?");
    await page.click("dialog button");
    await page.waitForSelector("dialog", { state: "detached" });
    await press(page, "p", 1);
    expect(faults).toEqual([]);
  });

  it("takes criteria by number, shows opinions in a conflict, and names the criteria it sends", async () => {
    const saved: Label[] = [];
    const session = new LabellingSession({
      ...{ suite: "triage", rater: "cleo", purpose: "adjudicate", labels: [], known: [], checks: [] },
      criteria: [
        { name: "tone", about: "Friendly without being familiar, and no promise that nobody can keep." },
        { name: "facts", about: "Every date and number is in the order." },
      ],
      questions: [1, 2].map((at) => ({
        ...{ id: `q${at}`, case: `t${at}`, answer_hash: "0".repeat(64), answer: "We are sorry.", weight: 1 },
        picked: "random",
        input: [
          { role: "user", content: "Where is my parcel?\nI have waited for two weeks." },
          { role: "assistant", content: "Which order is it?" },
        ],
        opinions: [
          { rater: "ana", verdict: "pass", comment: "Says sorry.", criteria: { tone: "pass" } },
          { rater: "<b>ben</b>", verdict: "fail", comment: "No date." },
        ],
      })),
      book: {
        save: (one) => void saved.push(one),
        remove: () => {},
        noteCheck: () => {},
        dropCheck: () => {},
      },
      ...{ now: () => new Date(0), random: () => 0 },
    });
    const server = await serveLabelling(session, {
      ...{ port: 0, token: "f".repeat(32), onStep: () => {}, onTrouble: () => {} },
    });
    const { page, faults } = await newPage(server.url);
    expect(await page.innerText("#opinions")).toContain("<b>ben</b>: fail");
    await page.keyboard.press("1");
    await page.keyboard.press("1");
    await page.keyboard.press("2");
    await page.keyboard.press("3");
    expect(await page.innerText("#notice")).toBe("facts: pass");
    for (const [scheme, name] of [
      ["light", "criteria"],
      ["dark", "criteria-dark"],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await axeViolations(page), scheme).toEqual([]);
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
      if (DOCUMENTED !== null && scheme === "light")
        await page.screenshot({ path: join(DOCUMENTED, "page-labels.png") });
    }
    await page.setViewportSize({ width: 390, height: 800 });
    if (PICTURES) await page.screenshot({ path: join(PICTURES, "criteria-narrow.png"), fullPage: true });
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await press(page, "f", 1);
    expect(await page.locator("#criteria [aria-pressed=true]").count()).toBe(0);
    await press(page, "p", 2);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await axeViolations(page), scheme).toEqual([]);
    }
    expect(saved.map((one) => [one.verdict, one.criteria])).toEqual([
      ["fail", { tone: "fail", facts: "pass" }],
      ["pass", undefined],
    ]);
    expect(faults).toEqual([]);
    await server.close();
  });

  it("asks with its own wording which exchanges become cases, and keeps the expected values", async () => {
    const asked = ["how much is red paint?", "how much is blue paint?", "how much is green paint?"];
    const repo = await trafficProject(
      asked.map((one) => ({ asked: one, answer: "<b>3 €</b>" })),
      [{ id: "g1", input: { message: "hello" }, expected: "hi" }],
    );
    open.push(repo);
    await repo.evals("sample shop --random 100%");
    const one = await openPage(repo, "label datasets/shop.candidates.jsonl --no-open --rater ana", patient);
    sessions.push(one);
    const { page, faults } = await newPage(one.url);
    expect(await page.innerText("[data-act=pass]")).toMatch(/accept/);
    expect(await page.innerText("[data-act=fail]")).toMatch(/reject/);
    expect(await page.innerText(".comment span")).toMatch(/^Expected/);
    expect(await page.innerText("#answer")).toContain("<b>3 €</b>");
    if (PICTURES) await page.screenshot({ path: join(PICTURES, "candidates.png") });
    await page.keyboard.press("1");
    await page.keyboard.press("1");
    await page.keyboard.press("c");
    await page.keyboard.type("4 €");
    await page.keyboard.press("Escape");
    await press(page, "p", 1);
    expect(await page.innerText("#notice")).toBe("Saved: accept.");
    await press(page, "f", 2);
    await press(page, "u", 3);
    await showsText(page, "#counts", "1 accept, 1 reject, 1 leave");
    await page.keyboard.press("Enter");
    await one.ended;
    expect(repo.read("datasets/shop.jsonl").trimEnd().split("\n")).toHaveLength(2);
    expect(JSON.parse(repo.read("datasets/shop.jsonl").trimEnd().split("\n")[1] ?? "")).toMatchObject({
      expected: "4 €",
      metadata: { right: false, was: "<b>3 €</b>" },
    });
    expect(faults).toEqual([]);
  });

  it.runIf(PICTURES)("has its picture taken: wide, dark, narrow, at its end", async () => {
    const repo = await project();
    const { url } = await label(repo, "--rater ana@example.com");
    const { page } = await newPage(url);
    for (let at = 1; at <= 12; at++) {
      await page.screenshot({ path: join(PICTURES ?? "", `light-${at}.png`) });
      if (at < 12) await press(page, at % 2 === 0 ? "p" : "f", at);
    }
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: join(PICTURES ?? "", "dark.png") });
    await page.setViewportSize({ width: 390, height: 800 });
    await page.screenshot({ path: join(PICTURES ?? "", "narrow-dark.png"), fullPage: true });
    await page.emulateMedia({ colorScheme: "light" });
    await press(page, "p", 12);
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.screenshot({ path: join(PICTURES ?? "", "end.png") });
  });
});
