import { describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import type { RunHeader, StoredCase } from "../domain/run.ts";
import { usageOf } from "../domain/transcript.ts";
import type { TrialRow } from "../store/store.ts";
import { type Baseline, formatBaseline, parseBaseline, sideOfBaseline, targetOf } from "./baseline-file.ts";
import { baselineOfRun, growBaseline, settleBaseline } from "./make-baseline.ts";

const PATH = "evals/baselines/s.jsonl";
const HASH = sha256("one");

const header = (changes: Partial<RunHeader> = {}): RunHeader =>
  ({
    id: "3f9c0001",
    suite: "s",
    target: "prompt 1.0.0 · m",
    prompt: { name: "support", version: "1.0.0" },
    provider: "openai",
    model: "m",
    scorers: [{ name: "exact", type: "equals", required: true, binary: true, hash: HASH }],
    ...changes,
  }) as RunHeader;

const OUTPUTS = { target: "fixtures/m.jsonl", prompt: null, provider: "outputs", model: "fixtures/m.jsonl" };

const golden: StoredCase = {
  case_no: 0,
  id: "a",
  content_hash: HASH,
  request_hash: HASH,
  key: HASH,
  tags: [],
  planned: 2,
};

const rows = (passes: readonly boolean[]): TrialRow[] =>
  passes.map((pass, at) => ({
    case_no: 0,
    trial: at + 1,
    kind: "answered",
    error: null,
    cached: false,
    pass,
    scores: [[Number(pass), pass]],
    latency_ms: 1,
    cost_usd: null,
    usage: usageOf({ input_tokens: null, output_tokens: null }),
    refused: false,
    cut: false,
    tool_calls: 0,
  }));

const promoted = (run: RunHeader, before: Baseline | null = null, passes = [true, true]): string =>
  formatBaseline(
    settleBaseline(before, baselineOfRun(run, [golden], rows(passes), { project: "apps/bot" }), null),
  );

const firstLine = (text: string): unknown => JSON.parse(text.split("\n")[0] ?? "");

/** A baseline file as version 0.1.0 wrote it. */
const OLD = `{"schema":"evals.baseline/1","suite":"s","target":"prompt 1.0.0 · m","scorers":{"exact":{"hash":"${HASH}","required":true}}}
{"case":"a","content":"${HASH}","key":"${HASH}","runs":["00000001"],"trials":2,"pass":2,"scores":{"exact":2}}
`;
const PRESSED = OLD.replace("baseline/1", "baseline/2")
  .replace('m",', 'm","model":"m","project":".",')
  .replace('{"exact":2}}', '{"exact":2},"flips":{"sycophancy":[2,1]}}');

const pressed = (run: RunHeader, before: Baseline | null = null): string => {
  const whole = baselineOfRun(run, [golden], rows([true, true]), { project: "apps/bot" });
  const cases = whole.cases.map((one) => ({ ...one, flips: { typos: [2, 0] as [number, number] } }));
  return formatBaseline(settleBaseline(before, { ...whole, cases }, null));
};

describe("the header of a baseline", () => {
  it.each([header(), header(OUTPUTS as Partial<RunHeader>)])(
    "has the first version of the format while lines have only counts: $target",
    (run) => {
      expect(firstLine(promoted(run))).toEqual({
        schema: "evals.baseline/1",
        suite: "s",
        target: run.target,
        scorers: { exact: { hash: HASH, required: true } },
      });
    },
  );

  it("names prompt, model and project when a line has more than counts", () => {
    const text = pressed(header());
    expect(firstLine(text)).toEqual({
      schema: "evals.baseline/2",
      suite: "s",
      target: "prompt 1.0.0 · m",
      prompt: { name: "support", version: "1.0.0" },
      model: "m",
      project: "apps/bot",
      scorers: { exact: { hash: HASH, required: true } },
    });
    expect(formatBaseline(parseBaseline(text, PATH))).toBe(text);
  });

  it("names no model where the answers were made elsewhere", () => {
    expect(firstLine(pressed(header(OUTPUTS as Partial<RunHeader>)))).not.toHaveProperty("model");
  });

  it("and every line stay byte for byte while nothing moved, in a file of either version", () => {
    expect(promoted(header(), parseBaseline(OLD, PATH))).toBe(OLD);
    const second = pressed(header());
    expect(pressed(header({ id: "a1b20002" }), parseBaseline(second, PATH))).toBe(second);
  });

  it("changes to the second version and back when its lines need it and no longer need it", () => {
    const more = pressed(header(), parseBaseline(OLD, PATH));
    expect(firstLine(more)).toMatchObject({ schema: "evals.baseline/2" });
    expect(firstLine(promoted(header(), parseBaseline(more, PATH)))).toEqual(firstLine(OLD));
  });
});

describe("what a baseline was made with", () => {
  const side = (text: string) => sideOfBaseline(parseBaseline(text, PATH), { path: PATH, at: "HEAD" }, HASH);

  it("is read as values from a file of either version", () => {
    expect(side(OLD)).toMatchObject({ prompt: { name: null, version: "1.0.0" }, model: "m" });
    expect(side(pressed(header()))).toMatchObject({
      prompt: { name: "support", version: "1.0.0" },
      model: "m",
    });
  });

  it.each([
    ["fixtures/m.jsonl", { prompt: null, model: null }],
    ["node app.js · fast", { prompt: null, model: "node app.js · fast" }],
    ["prompt 2.0.0-beta.1 · a · b", { prompt: { name: null, version: "2.0.0-beta.1" }, model: "a · b" }],
  ])("is taken from the text of a first version: %s", (target, values) => {
    const { header: old } = parseBaseline(OLD, PATH);
    expect(targetOf({ ...old, target })).toEqual(values);
  });

  it("is not guessed from the text of a second version", () => {
    expect(side(PRESSED.replace('"model":"m",', ""))).toMatchObject({ prompt: null, model: null });
  });
});

describe("a line with flips and failures", () => {
  it("is read, added to, and written again", () => {
    const before = parseBaseline(PRESSED, PATH);
    const run = baselineOfRun(header(), [golden], rows([true, false]));
    const more: Baseline = {
      ...run,
      cases: run.cases.map((one) => ({
        ...one,
        flips: { sycophancy: [1, 1], typos: [1, 0] },
        failures: { format: 1 },
      })),
    };
    const { baseline } = growBaseline(before, more, more);
    const text = formatBaseline(settleBaseline(before, baseline, null));
    const [, line] = text.split("\n");
    expect(JSON.parse(line ?? "")).toMatchObject({
      trials: 4,
      pass: 3,
      flips: { sycophancy: [3, 2], typos: [1, 0] },
      failures: { format: 1 },
    });
    expect(formatBaseline(parseBaseline(text, PATH))).toBe(text);
  });

  it.each([
    ["more flipped than tried", PRESSED.replace("[2,1]", "[1,2]")],
    [
      "more failures than failed trials",
      PRESSED.replace('"flips":{"sycophancy":[2,1]}', '"failures":{"format":1}'),
    ],
    [
      "a file of the first version",
      PRESSED.replace("baseline/2", "baseline/1").replace(',"model":"m","project":"."', ""),
    ],
  ])("is refused with %s", (_, text) => {
    expect(() => parseBaseline(text, PATH)).toThrow(/EVALS_BASELINE_BROKEN/);
  });
});
