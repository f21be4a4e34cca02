import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { RunHeader, StoredCase } from "../domain/run.ts";
import { Gate } from "../domain/suite.ts";
import { usageOf } from "../domain/transcript.ts";
import { makeTally } from "../metrics/tally.ts";
import type { TrialRow } from "../store/store.ts";
import { type Baseline, formatBaseline, parseBaseline, sideOfBaseline } from "./baseline-file.ts";
import { compareSides } from "./compare-sides.ts";
import { baselineOfRun } from "./make-baseline.ts";
import { regressionRules } from "./regression-results.ts";
import { type Side, sideOfRun } from "./side.ts";

const PATH = "evals/baselines/s.jsonl";

/** A run as the store returns it: any ids, any scores, errored trials, and optional scores that are null. */
const generatedRun = fc
  .record({
    ids: fc.uniqueArray(
      fc.oneof(fc.string({ minLength: 1, unit: "binary" }), fc.constantFrom("a\nb", '"', "__proto__", "1")),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
    trials: fc.integer({ min: 1, max: 5 }),
    seed: fc.array(
      fc.record({
        kind: fc.constantFrom("answered", "answered", "answered", "errored"),
        pass: fc.boolean(),
        graded: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      { minLength: 60, maxLength: 60 },
    ),
  })
  .map(({ ids, trials, seed }) => ({
    cases: ids.map(
      (id, case_no): StoredCase => ({
        case_no,
        id,
        content_hash: sha256(`content ${id}`),
        request_hash: sha256(`request ${id}`),
        key: sha256(`key ${id}`),
        tags: [],
        planned: trials,
      }),
    ),
    trials,
    rows: ids.flatMap((_, case_no) =>
      Array.from({ length: trials }, (_, at) => {
        const { kind, pass, graded } = seed[(case_no * trials + at) % seed.length] as (typeof seed)[number];
        return row(case_no, at + 1, kind as TrialRow["kind"], pass, graded);
      }),
    ),
  }));
type GeneratedRun = typeof generatedRun extends fc.Arbitrary<infer R> ? R : never;

function row(
  case_no: number,
  trial: number,
  kind: TrialRow["kind"],
  pass: boolean,
  graded: number | null,
): TrialRow {
  const isAnswered = kind === "answered";
  return {
    case_no,
    trial,
    kind,
    error: isAnswered ? null : "timeout",
    cached: false,
    pass: isAnswered ? pass : null,
    scores: isAnswered ? [[Number(pass), pass], graded === null ? null : [graded, graded > 0.5]] : [],
    latency_ms: 1,
    cost_usd: null,
    usage: usageOf({ input_tokens: null, output_tokens: null }),
    refused: false,
    cut: false,
    tool_calls: 0,
  };
}

function headerOf(run: GeneratedRun): RunHeader {
  return {
    id: "3f9c0001",
    suite: "s",
    target: "prompt 1.0.0 · m",
    prompt: { name: "s", version: "1.0.0" },
    provider: "openai",
    model: "m",
    trials: run.trials,
    cases: run.cases.length,
    fingerprint: sha256("root"),
    scorers: [
      { name: "exact", type: "equals", required: true, binary: true, hash: sha256("exact") },
      { name: "__proto__", type: "chrf", required: false, binary: false, hash: sha256("near") },
    ],
  } as unknown as RunHeader;
}

function storedSide(run: GeneratedRun): Side {
  const tally = makeTally(run.cases.length, 2);
  for (const one of run.rows) tally.add(one);
  return sideOfRun(headerOf(run), run.cases, tally);
}

const written = (run: GeneratedRun): string =>
  formatBaseline(baselineOfRun(headerOf(run), run.cases, run.rows));

/** A comparison and the sentences of its findings, without the texts that name its sides. */
function verdictOf(base: Side, candidate: Side): unknown {
  const [plain] = regressionRules(Gate.parse({}));
  const rules = plain === undefined ? [] : [plain, { ...plain, metric: "score.exact" }];
  const { comparison, findings } = compareSides(base, candidate, { rules, narrowed: false });
  return {
    ...comparison,
    baseline: { ...comparison.baseline, side: "", file: undefined, run: null },
    said: findings.map((one) => one.said),
  };
}

describe("reading a baseline file", () => {
  it("refuses a file that a merge left unfinished or that is cut off, and accepts an intact one", () => {
    const whole = formatBaseline(TWO);
    expect(parseBaseline(whole, PATH).header.suite).toBe("s");
    expect(() => parseBaseline(`${whole}=======\n`, PATH)).toThrow(/EVALS_BASELINE_CONFLICT/);
    expect(() => parseBaseline(whole.slice(0, -30), PATH)).toThrow(/EVALS_BASELINE_BROKEN/);
    expect(() => parseBaseline(whole.replace("baseline/1", "baseline/9"), PATH)).toThrow(
      /EVALS_BASELINE_VERSION/,
    );
  });
});

describe("a baseline file", () => {
  it("gives, digit for digit, the comparison that the stored run gives", () => {
    fc.assert(
      fc.property(generatedRun, generatedRun, (before, after) => {
        // Cases without an answered trial have no line: a baseline is made of complete runs, which have none.
        const answered = new Set(
          before.rows.filter((one) => one.kind === "answered").map((one) => one.case_no),
        );
        fc.pre(answered.size === before.cases.length);
        const candidate = storedSide({ ...after, cases: mixed(before, after) });
        const file = sideOfBaseline(
          parseBaseline(written(before), PATH),
          { path: PATH, at: "HEAD" },
          sha256("root"),
        );
        expect(verdictOf(file, candidate)).toEqual(verdictOf(storedSide(before), candidate));
      }),
      { numRuns: 300 },
    );
  });

  /** The second run has some of the first one's cases, in another order, and some of its own. */
  function mixed(before: GeneratedRun, after: GeneratedRun): StoredCase[] {
    const shared = [...before.cases].reverse();
    return after.cases.map((own, at) => ({ ...(at % 3 === 2 ? own : (shared[at] ?? own)), case_no: at }));
  }

  it("has the same bytes when it is read and written again", () => {
    fc.assert(
      fc.property(generatedRun, (run) => {
        const text = written(run);
        expect(formatBaseline(parseBaseline(text, PATH))).toBe(text);
        expect(text.split("\n").length).toBe(parseBaseline(text, PATH).cases.length + 2);
      }),
    );
  });

  it("may have gone through a checkout with Windows line ends, or an editor that marks UTF-8", () => {
    const text = written(fc.sample(generatedRun, { numRuns: 1, seed: 7 })[0] as GeneratedRun);
    expect(parseBaseline(`\uFEFF${text.replaceAll("\n", "\r\n")}`, PATH)).toEqual(parseBaseline(text, PATH));
  });

  it.each([
    ["cut in the middle of a line", (text: string) => text.slice(0, -30), "EVALS_BASELINE_BROKEN", 3],
    ["cut to nothing", () => "", "EVALS_BASELINE_BROKEN", 1],
    [
      "without its header",
      (text: string) => text.split("\n").slice(1).join("\n"),
      "EVALS_BASELINE_BROKEN",
      1,
    ],
    ["with a line that is not JSON", (text: string) => `${text}nonsense\n`, "EVALS_BASELINE_BROKEN", 4],
    [
      "with more passes than trials",
      (text: string) => text.replace(/"pass":\d/, '"pass":9'),
      "EVALS_BASELINE_BROKEN",
      2,
    ],
    [
      "with more passed scores than trials",
      (text: string) => text.replace(/"exact":\d/, '"exact":9'),
      "EVALS_BASELINE_BROKEN",
      2,
    ],
    [
      "with half a pass",
      (text: string) => text.replace(/"exact":\d/, '"exact":[0.5]'),
      "EVALS_BASELINE_BROKEN",
      2,
    ],
    [
      "with more scored trials than trials",
      (text: string) => text.replace(/"exact":\d/, '"exact":{"n":9,"pass":1}'),
      "EVALS_BASELINE_BROKEN",
      2,
    ],
    ["with a case twice", (text: string) => text + text.split("\n")[1], "EVALS_BASELINE_BROKEN", 4],
    [
      "with a second header, because a merge kept both sides",
      (text: string) => text + text.split("\n")[0],
      "EVALS_BASELINE_BROKEN",
      4,
    ],
    [
      "with the markers of a merge",
      (text: string) => text.replace("\n", "\n<<<<<<< HEAD\n"),
      "EVALS_BASELINE_CONFLICT",
      2,
    ],
    [
      "with the end of a merge left in",
      (text: string) => `${text}>>>>>>> feature\n`,
      "EVALS_BASELINE_CONFLICT",
      4,
    ],
    [
      "of a newer version",
      (text: string) => text.replace("baseline/1", "baseline/3"),
      "EVALS_BASELINE_VERSION",
      1,
    ],
  ])("%s is refused with its line and what to do", (_name, spoil, code, line) => {
    const text = spoil(formatBaseline(TWO));
    let problems: EvalsError["problems"] = [];
    try {
      parseBaseline(text, PATH);
    } catch (error) {
      expect(error).toBeInstanceOf(EvalsError);
      problems = (error as EvalsError).problems;
    }
    expect(problems[0]).toMatchObject({ code, path: PATH, line, fix: expect.stringMatching(/git|promote/) });
  });

  it("is the same in whatever order a merge has left its lines", () => {
    const [header = "", ...lines] = formatBaseline(TWO).trimEnd().split("\n");
    const turned = [header, ...lines.reverse()].join("\n");
    expect(lines.length).toBeGreaterThan(1);
    expect(formatBaseline(parseBaseline(turned, PATH))).toBe(formatBaseline(TWO));
  });

  it("reports all its broken lines at once", () => {
    const text = formatBaseline(TWO).replace(/"trials":3/g, '"trials":0');
    expect(() => parseBaseline(text, PATH)).toThrow(/[\s\S]*\n[\s\S]*/);
  });
});

const TWO: Baseline = {
  header: {
    schema: "evals.baseline/1",
    suite: "s",
    target: "m",
    scorers: { exact: { hash: sha256("exact"), required: true } },
  },
  cases: ["a", "b"].map((id) => ({
    case: id,
    content: sha256(id),
    key: sha256(id),
    runs: ["3f9c0001"],
    trials: 3,
    pass: 2,
    scores: { exact: 2 },
  })),
};
