import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Candidate } from "../../domain/candidate.ts";
import type { Scenario } from "../testing/scenario.ts";
import { type SampleExchange, trafficProject } from "../testing/traffic-project.ts";

const open: Scenario[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

const FILE = "datasets/shop.candidates.jsonl";
const GOLDENS = [
  { id: "g1", input: { message: "Where is my parcel with the lamp?" }, expected: "on its way" },
  { id: "g2", input: { message: "May I send the lamp back to you?" }, expected: "for 30 days" },
];
const WORDS = ["red", "blue", "green", "small", "large", "old", "new", "wide"];
const EXCHANGES: readonly SampleExchange[] = Array.from({ length: 40 }, (_, at) => ({
  asked: `Question ${at * 7919} about the ${WORDS[at % 8]} ${WORDS[(at >> 3) % 8]} thing number ${at}`,
  tag: at % 4 === 0 ? "returns" : "stock",
  score: (at * 37) % 41,
  failed: at === 5,
}));
/** An exchange with the question of a case in other words. */
const AGAIN: SampleExchange = { asked: "WHERE is my parcel with the lamps ??", tag: "stock", score: 100 };

async function project(exchanges: readonly SampleExchange[] = [...EXCHANGES, AGAIN]): Promise<Scenario> {
  const repo = await trafficProject(exchanges, GOLDENS);
  open.push(repo);
  return repo;
}

const candidates = (repo: Scenario): Candidate[] =>
  repo
    .read(FILE)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Candidate);

const json = async (repo: Scenario, args: string) => JSON.parse((await repo.evals(`${args} --json`)).stdout);

describe("evals sample", () => {
  it("writes candidates in the form of the dataset's inputs, each with the probability with which it was drawn", async () => {
    const repo = await project();
    const document = await json(repo, "sample shop --random 50% --errors --worst 3 --stratify tag --seed 1");
    expect(document).toMatchObject({
      schema: "evals.sample/1",
      exit: 0,
      population: { traces: 41, sessions: 21 },
      written: FILE,
    });
    const lines = candidates(repo);
    expect(
      lines.map(({ id, trace, probability, stratum, why }) => ({ id, trace, stratum, probability, why })),
    ).toEqual(document.candidates);
    for (const { input, accept, expected, probability, stratum, tags, answer } of lines) {
      expect(Object.keys(input as object)).toEqual(["message"]);
      expect([accept, expected]).toEqual([null, null]);
      expect([0.5, 1]).toContain(probability);
      expect([stratum]).toEqual(tags);
      expect(answer).toContain("about");
    }
    expect(lines.filter(({ why }) => why.includes("errors"))).toHaveLength(1);
    expect(lines.filter(({ why }) => why.includes("worst"))).toHaveLength(3);
    expect(lines.some(({ why }) => why === "random")).toBe(true);
  });

  it("leaves out exchanges that resemble a case, reports how many, and takes all others when everything is drawn", async () => {
    const repo = await project();
    expect(await json(repo, "sample shop --random 100%")).toMatchObject({ duplicates: 1 });
    expect(candidates(repo)).toHaveLength(EXCHANGES.length);
  });

  it("draws no traces of tests or of evals itself, unless they are named", async () => {
    const repo = await project([
      { asked: "a person's question" },
      { asked: "one of a test", environment: "staging" },
      { asked: "one with a tag of tests", tag: "e2e" },
      { asked: "one of a run", service: "evals" },
    ]);
    expect(await json(repo, "sample shop --random 100%")).toMatchObject({
      population: { traces: 1 },
      excluded: 3,
      candidates: [{ probability: 1 }],
    });
    repo.write(FILE, "");
    expect(await json(repo, "sample shop --random 100% --where environment=staging")).toMatchObject({
      population: { traces: 1 },
      excluded: 0,
    });
  });

  it("finds the topic that no case has", async () => {
    const covered = (_: unknown, at: number) => ({
      asked: `where is my parcel with the ${WORDS[at % 8]} lamp`,
    });
    const asked = [
      "how long is the warranty of a kettle",
      "my kettle broke, is that warranty",
      "does the warranty pay for the heating element",
      "warranty: whom do I call about it",
    ];
    const repo = await project([
      ...Array.from({ length: 30 }, covered),
      ...asked.map((one) => ({ asked: one })),
    ]);
    await repo.evals("sample shop --uncovered=3");
    expect(candidates(repo).every(({ input }) => JSON.stringify(input).includes("warranty"))).toBe(true);
  });

  it("never replaces candidates that wait for review", async () => {
    const repo = await project();
    await repo.evals("sample shop --errors");
    const before = repo.read(FILE);
    const { exit, stderr } = await repo.evals("sample shop --random 10%");
    expect(exit).toBe(2);
    expect(stderr).toContain("EVALS_CANDIDATES_OPEN");
    expect(repo.read(FILE)).toBe(before);
  });

  it("does not change the result of evals check", async () => {
    const repo = await project();
    await repo.evals("sample shop --errors");
    expect((await repo.evals("check")).exit).toBe(0);
  });

  it.each([
    ["--random 0%", "EVALS_OPTION_INVALID"],
    ["--random 101%", "EVALS_OPTION_INVALID"],
    ["--worst few", "EVALS_OPTION_INVALID"],
    ["--errors --stratify colour", "EVALS_OPTION_INVALID"],
    ["--errors --where colour=red", "EVALS_OPTION_INVALID"],
    ["", "EVALS_OPTION_MISSING"],
    ["--errors --since 1d", "EVALS_TRAFFIC_NONE"],
  ])("refuses %j with a mend", async (options, code) => {
    const repo = await project();
    expect(await json(repo, `sample shop ${options}`)).toMatchObject({ exit: 2, problems: [{ code }] });
    expect(existsSync(join(repo.root, FILE))).toBe(false);
  });
});
