import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Candidate } from "../../domain/candidate.ts";
import type { Case } from "../../domain/case.ts";
import { type OpenPage, openPage } from "../../page/testing/page-client.ts";
import type { Scenario } from "../testing/scenario.ts";
import { trafficProject } from "../testing/traffic-project.ts";

const open: Scenario[] = [];
const pages: OpenPage[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) {
    page.io.signal("SIGINT");
    await page.ended;
  }
  for (const one of open.splice(0)) one.remove();
});

const FILE = "datasets/shop.candidates.jsonl";
const GOLDEN = { id: "g1", input: { message: "hello" }, expected: "hi" };
const WORDS = ["red", "blue", "green", "small", "large", "old"];

async function drawn(count = 4, golden: object = GOLDEN): Promise<Scenario> {
  const asked = WORDS.slice(0, count).map((word) => ({
    asked: `how much is ${word} paint?`,
    answer: `${word}: 3 €`,
  }));
  const repo = await trafficProject(asked, [golden]);
  open.push(repo);
  await repo.evals("sample shop --random 100%");
  return repo;
}

async function page(repo: Scenario): Promise<OpenPage> {
  const one = await openPage(repo, `label ${FILE} --no-open --rater ana`);
  pages.push(one);
  return one;
}

const lines = <T>(repo: Scenario, path: string): T[] =>
  existsSync(join(repo.root, path))
    ? repo
        .read(path)
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as T)
    : [];
const cases = (repo: Scenario): Case[] => lines(repo, "datasets/shop.jsonl");
const candidates = (repo: Scenario): Candidate[] => lines(repo, FILE);

describe("evals label of candidates", () => {
  it("stores each decision at once, then moves accepted candidates into the dataset with source and weight", async () => {
    const repo = await drawn();
    const one = await page(repo);
    expect(await one.state()).toMatchObject({
      purpose: "candidates",
      total: 4,
      question: { answer: "red: 3 €" },
    });
    await one.judge("pass", { comment: "4 €", criteria: { answer: "fail" } });
    expect(candidates(repo)[0]).toMatchObject({ accept: true, expected: "4 €", right: false });
    await one.judge("fail");
    await one.judge("pass", { criteria: { answer: "pass" } });
    await one.judge("unsure");
    const { stdout } = await one.ended;
    expect(stdout).toContain("2 accepted, 1 rejected, 1 left");
    expect(stdout).toContain("50.0 % was answered wrong");
    const [golden, wrong, right, ...more] = cases(repo);
    expect(golden).toEqual(GOLDEN);
    expect(more).toEqual([]);
    expect(wrong).toMatchObject({
      input: { message: "how much is red paint?" },
      expected: "4 €",
      metadata: { weight: 1, right: false, was: "red: 3 €" },
    });
    expect(wrong?.metadata.source).toMatch(/^trace:[0-9a-f]{32}$/);
    expect(right).toMatchObject({ expected: "green: 3 €", metadata: { right: true } });
    expect(candidates(repo).map(({ answer }) => answer)).toEqual(["small: 3 €"]);
    repo.write(
      "fixtures/a.jsonl",
      cases(repo)
        .map(({ id }) => `${JSON.stringify({ case: id, output: "x" })}\n`)
        .join(""),
    );
    expect((await repo.evals("check")).exit).toBe(0);
  });

  it("takes a decision back, out of the file as well", async () => {
    const repo = await drawn(2);
    const one = await page(repo);
    const { done } = await one.judge("pass", { comment: "4 €" });
    await one.act({ act: "undo", done });
    expect(candidates(repo)[0]).toMatchObject({ accept: null, expected: null, right: null });
    expect((await one.state()).question?.draft).toMatchObject({ verdict: "pass", comment: "4 €" });
  });

  it("continues where it was stopped: decisions are kept, and the rest is asked", async () => {
    const repo = await drawn(3);
    const first = await page(repo);
    await first.judge("pass", { comment: "4 €" });
    first.io.signal("SIGINT");
    expect((await first.ended).stdout).toContain(`To go on: evals label ${FILE}`);
    expect(cases(repo)).toHaveLength(2);
    const again = await page(repo);
    expect(await again.state()).toMatchObject({ done: 0, total: 2 });
  });

  it("accepts decisions that were written into the file, asks nothing, and deletes the file", async () => {
    const repo = await drawn(2);
    const decided = candidates(repo).map((one, at) => ({
      ...one,
      accept: at === 0,
      expected: { price: 3 },
      right: false,
      failure: "knowledge",
    }));
    repo.write(FILE, decided.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const { exit, stdout } = await repo.evals(`label ${FILE} --rater ana`);
    expect([exit, stdout]).toEqual([0, expect.stringContaining("1 accepted, 1 rejected, 0 left")]);
    expect(cases(repo)[1]).toMatchObject({ expected: { price: 3 }, metadata: { failure: "knowledge" } });
    expect(existsSync(join(repo.root, FILE))).toBe(false);
    const gone = await repo.evals(`label ${FILE} --rater ana`);
    expect([gone.exit, gone.stderr]).toEqual([2, expect.stringContaining("EVALS_CANDIDATES_NONE")]);
  });

  it("reads typed text as JSON when cases expect other values than texts", async () => {
    const repo = await drawn(1, { ...GOLDEN, expected: { price: 1 } });
    const one = await page(repo);
    await one.judge("pass", { comment: '{"price":4}' });
    await one.ended;
    expect(cases(repo)[1]?.expected).toEqual({ price: 4 });
  });

  it("keeps the wrong and the right answer, which are exported as a chat for fine-tuning", async () => {
    const repo = await drawn(3);
    const one = await page(repo);
    await one.judge("pass", { comment: "4 €", criteria: { answer: "fail" } });
    await one.judge("pass", { criteria: { answer: "pass" } });
    await one.judge("pass", { comment: "5 €" });
    await one.ended;
    const { exit, stdout } = await repo.evals("export corrections --json");
    expect([exit, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ corrections: 1, failures: { unknown: 1 }, restricted: [] }),
    ]);
    expect(lines(repo, JSON.parse(stdout).file)).toEqual([
      {
        messages: [
          { role: "user", content: "how much is red paint?" },
          { role: "assistant", content: "4 €" },
        ],
      },
    ]);
    repo.edit("evalconfig.yaml", "models:", "datasets: { shop: { classification: restricted } }\nmodels:");
    expect((await repo.evals("export corrections")).stderr).toContain("EVALS_CORRECTIONS_NONE");
  });

  it("names every mistake of the file with its location, and changes nothing", async () => {
    const repo = await drawn(2);
    const text = `${repo.read(FILE)}{"id":"x","accept":"yes"}\n`;
    repo.write(FILE, text);
    const { exit, stderr } = await repo.evals(`label ${FILE} --rater ana`);
    expect(exit).toBe(2);
    expect(stderr).toContain(`${FILE}:3`);
    expect(repo.read(FILE)).toBe(text);
  });

  it("refuses options that pick answers", async () => {
    const repo = await drawn(1);
    const { exit, stderr } = await repo.evals(`label ${FILE} --count 3 --disputed`);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("--count and --disputed")]);
  });
});
