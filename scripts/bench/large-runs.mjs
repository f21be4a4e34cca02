import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "./load-modules.mjs";
import { evals, median } from "./measure.mjs";
import { lines, recordedProject, remove, repository } from "./scratch.mjs";

const count = (value) => value.toLocaleString("en");
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * Measures a run of a million recorded answers from start to report: reading, scoring, storing, counting,
 * writing JSON.
 */
export async function million({ quick }) {
  const trials = quick ? 100_000 : 1_000_000;
  const root = await recordedProject(trials / 10, 10);
  const run = await evals(root, ["run", "s", "--json", "--quiet", "--no-cache"]);
  const { counts } = JSON.parse(run.out).runs[0];
  if (counts.answered !== trials) throw new Error(`${counts.answered} of ${trials} answered`);
  remove(root);
  return [
    {
      what: `${count(trials)} recorded trials, start to report`,
      target: `≤ ${quick ? 9 : 90} s of processor, ≤ 250 MiB`,
      found: seconds(run.cpu_ms),
      memory: `${Math.round(run.mib)} MiB`,
      held: run.cpu_ms <= trials * 0.09 && run.mib <= 250,
      note: `${seconds(run.ms)} by the clock`,
    },
  ];
}

/**
 * Source of an agent that answers with its input's number. For the last ten cases it fails until a file exists;
 * then it writes the time of the first such call to a file.
 */
const LATE = (cases) => `import { existsSync, writeFileSync } from "node:fs";
const ready = new URL("../ready", import.meta.url), began = new URL("../began.json", import.meta.url);
export default ({ q }) => {
  if (q < ${cases} - 10) return "a" + q;
  if (!existsSync(ready)) throw new Error("not yet");
  if (!existsSync(began)) {
    const { user, system } = process.cpuUsage();
    writeFileSync(began, JSON.stringify({ cpu_ms: (user + system) / 1000, at: Date.now() }));
  }
  return "a" + q;
};
`;

/**
 * Measures the time from the start of `evals run --retry errored` to the first question. In this time, the stored
 * trials are read.
 */
export async function resume({ quick }) {
  const cases = quick ? 2_000 : 20_000;
  const root = await repository({
    "evalconfig.yaml": 'models:\n  a: { provider: module, file: agents/late.mjs, version: "1" }\n',
    "agents/late.mjs": LATE(cases),
    "evals/s.yaml": "dataset: d\nmodel: a\ntrials: 5\nscorers:\n  - { type: equals }\n",
    "datasets/d.jsonl": lines(cases, (i) => ({ id: `c${i}`, input: { q: i }, expected: `a${i}` })),
  });
  await evals(root, ["run", "s", "--json", "--quiet"], { exits: [0, 1, 3] });
  writeFileSync(join(root, "ready"), "");
  const started = Date.now();
  await evals(root, ["run", "s", "--json", "--quiet", "--retry", "errored"], { exits: [0, 1, 3] });
  const { cpu_ms, at } = JSON.parse(readFileSync(join(root, "began.json"), "utf8"));
  rmSync(join(root, "began.json"));
  remove(root);
  return [
    {
      what: `going on with ${count(cases * 5)} trials, until the first is asked`,
      target: "≤ 2 s of processor",
      found: seconds(cpu_ms),
      held: cpu_ms <= 2000,
      note: `${seconds(at - started)} by the clock`,
    },
  ];
}

/**
 * Measures what the rate limiter in front of a model costs per call. Requests and tokens are limited both by the
 * user's settings and by the headers of replies, and the tokens of each call are estimated.
 */
export async function pace({ quick }) {
  const { ModelLine } = await load(["src/providers/paced-client.ts"]);
  const calls = quick ? 20_000 : 200_000;
  const turns = [];
  for (let turn = 0; turn < 5; turn++) {
    const line = new ModelLine(
      { requests_per_minute: 1e9, tokens_per_minute: 1e12, concurrency: 64 },
      { now: () => now, sleep: async () => {}, random: () => 0.5 },
    );
    turns.push((await throughLine(line, calls)) - (await throughLine(NO_LINE, calls)));
  }
  const each = median(turns);
  return [
    {
      what: "the pace, each call, 64 in flight",
      target: "≤ 5 µs",
      found: `${each.toFixed(1)} µs`,
      held: each <= 5,
      note: "processor time; requests and tokens limited and reported",
    },
  ];
}

let now = 0;
const NO_LINE = { enter: () => 0, back: (_departure, _call, reply) => reply };

/** @returns microseconds of processor time per call, including those of the loop itself */
async function throughLine(line, calls) {
  const { signal } = new AbortController();
  const usage = { input_tokens: 12, output_tokens: 40 };
  const inFlight = [];
  const begun = process.cpuUsage();
  for (let call = 0; call < calls; call++) {
    now += 1;
    const messages = [{ role: "user", content: `How far is it to ${call}?` }];
    const request = { model: "m", max_tokens: 100, messages };
    inFlight.push([line.enter(request, signal), request]);
    if (inFlight.length < 64) continue;
    const [entered, sent] = inFlight.shift();
    const limits = [
      { kind: "requests", limit: 1e9, remaining: 1e9 - call, reset_ms: 60_000 },
      { kind: "tokens", limit: 1e12, remaining: 1e12 - call * 60, reset_ms: 60_000 },
    ];
    const reply = { kind: "answered", output: "far", usage, limits };
    line.back(await entered, { call: `c${call}`, request: sent }, reply, 120_000);
  }
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / calls;
}
