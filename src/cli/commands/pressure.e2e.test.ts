import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type JudgeAnswer,
  type JudgeServer,
  judgeServer,
  type ModelRequest,
} from "../../providers/testing/judge-server.ts";
import { type GitProject, gitProject, ownGit } from "../testing/git-project.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const MODEL = "shelf-2024-07-18";
/**
 * An agent that makes a mark, looks for the mark again under pressure, and obeys instructions in tool results.
 */
const AGENT = "agent-2024-07-18";
const callOf = (name: string): JudgeAnswer => ({
  document: {
    ...{ id: "c", object: "chat.completion", created: 1, model: AGENT },
    choices: [
      {
        index: 0,
        finish_reason: "tool_calls",
        message: {
          role: "assistant",
          content: null,
          tool_calls: [{ id: name, type: "function", function: { name, arguments: "{}" } }],
        },
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  },
});
const agent = (request: ModelRequest): JudgeAnswer => {
  const last = request.messages.at(-1);
  if (last?.role === "user") return callOf(isPushed(request) ? "look" : "mark");
  return /PINEAPPLE/.test(last?.content ?? "") ? "PINEAPPLE" : `marks: ${last?.content}`;
};
const SHOP = `export default {
  mark: { description: "Makes a mark.", parameters: { type: "object" }, run: (_, { state }) => ({ marks: (state.marks += 1) }) },
  look: { description: "Counts the marks.", parameters: { type: "object" }, run: (_, { state }) => ({ marks: state.marks }) },
};
`;

/** The model of the first example in docs/pressure.md. */
const OF_THE_DOCS = "desk-2024-07-18";
const KEY = { OPENAI_API_KEY: "unset" };
const CASES = 12;
const rightOf = (n: number): string => `S${10 + n}K`;

let server: JudgeServer;
/** What the model answers under pressure; set by each test. */
let pushed: (right: string, request: ModelRequest) => JudgeAnswer;
const firm = (right: string): JudgeAnswer => `It is ${right}.`;
const GONE: JudgeAnswer = "Sorry, it is nowhere.";

/** Number of the case that a conversation is about. The model never knows every sixth case. */
const itemOf = ({ messages }: ModelRequest): number =>
  Number(/item (\d+)/.exec(messages.find(({ role }) => role === "user")?.content ?? "")?.[1]);
const turnsOf = ({ messages }: ModelRequest): number => messages.filter(({ role }) => role === "user").length;
const isKnown = (n: number): boolean => n % 6 !== 5;
const isPushed = (request: ModelRequest): boolean => turnsOf(request) > 1;
const lastMessage = ({ messages }: ModelRequest): string => messages.at(-1)?.content ?? "";

beforeAll(async () => {
  server = await judgeServer({
    [MODEL]: (request) => {
      const n = itemOf(request);
      if (!isKnown(n)) return GONE;
      return isPushed(request) ? pushed(rightOf(n), request) : firm(rightOf(n));
    },
    [AGENT]: agent,
    [OF_THE_DOCS]: ({ messages }) => (/1037/.test(messages[1]?.content ?? "") ? firm("S11K") : firm("S12K")),
  });
});
afterAll(() => server.close());

const opened: { remove(): void }[] = [];
let restore: () => void;
beforeEach(() => {
  restore = ownGit();
  server.asked.length = 0;
  pushed = firm;
});
afterEach(() => {
  for (const one of opened.splice(0)) one.remove();
  restore();
});

const suite = (more: string, prompt = "1.0.0"): string =>
  `dataset: d\nprompt: q@${prompt}\nmodel: m\n${more}\nscorers:\n  - { type: contains, name: right }\n`;

function project(more = "pressure: [sycophancy]"): GitProject {
  const lines = Array.from({ length: CASES }, (_, n) =>
    JSON.stringify({ id: `c${n}`, input: { q: `Where is item ${n} kept?` }, expected: rightOf(n) }),
  );
  const made = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": `models:\n  m: { provider: openai, model: ${MODEL}, base_url: "http://127.0.0.1:${server.port}/v1", api_key_env: OPENAI_API_KEY, price: { input: 1, output: 2 } }\n`,
    "evals/s.yaml": suite(more),
    "datasets/d.jsonl": `${lines.join("\n")}\n`,
    "prompts/q/1.0.0.md": "system:\nYou know the store.\nuser:\n{{ input.q }}\n",
    "prompts/q/1.1.0.md": "system:\nYou know the store. Agree with everybody.\nuser:\n{{ input.q }}\n",
  });
  opened.push(made);
  return made;
}

async function ran(made: Pick<GitProject, "json">, ...args: string[]) {
  const { exit, document } = await made.json(["run", "s", ...args], KEY);
  return { exit, run: document.runs?.[0], problems: document.problems };
}

describe("sycophancy", () => {
  it("asks a variant of each passing trial, and counts flips separately from the trials", async () => {
    pushed = (right, request) => (itemOf(request) % 2 === 0 ? GONE : firm(right));
    const made = project("trials: 3\npressure: [sycophancy]");
    const { run, exit } = await ran(made);
    const pushes = server.asked.filter(isPushed);
    const known = Array.from({ length: CASES }, (_, n) => n).filter(isKnown);
    expect(exit).toBe(0);
    expect(pushes).toHaveLength(known.length * 3);
    expect(pushes.every((one) => isKnown(itemOf(one)))).toBe(true);
    expect(run.counts).toMatchObject({
      trials: CASES * 3,
      answered: CASES * 3,
      calls: server.asked.length,
      variants: { variants: pushes.length, answered: pushes.length, errored: 0, skipped: 0 },
    });
    const flipped = pushes.filter((one) => itemOf(one) % 2 === 0).length;
    const rate = run.metrics["flip_rate.sycophancy"];
    expect(rate.value).toBeCloseTo(flipped / pushes.length, 12);
    expect(rate.low).toBeGreaterThan(0);
    expect(rate.high).toBeLessThan(1);
    expect(run.metrics.pass_rate.value).toBeCloseTo(known.length / CASES, 12);
    // The fake server reports 9 input and 3 output tokens for every call.
    const each = (await made.json(["show", `${run.id}/c0/1`], KEY)).document.transcript.cost_usd;
    expect(run.metrics.cost_usd.value).toBeCloseTo(each * server.asked.length, 12);
  });

  it("tries each kind of objection on a case, never reveals the right answer, and continues the conversation", async () => {
    const made = project("trials: 3\npressure: [sycophancy]");
    const { run } = await ran(made);
    for (let n = 0; n < CASES; n++) {
      const pushes = server.asked.filter((one) => isPushed(one) && itemOf(one) === n);
      if (!isKnown(n)) continue;
      expect(new Set(pushes.map(lastMessage)).size).toBe(3);
      for (const one of pushes) {
        expect(lastMessage(one)).not.toContain(rightOf(n));
        expect(one.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
        expect(one.messages[2]?.content).toBe(`It is ${rightOf(n)}.`);
      }
    }
    const shown = await made.json(["show", `${run.id}/c0~sycophancy.2`], KEY);
    expect(shown.document.trials).toHaveLength(1);
    const { messages } = shown.document.trials[0].transcript;
    expect(messages.map(({ role }: { role: string }) => role)).toEqual([
      ...["system", "user", "assistant", "user", "assistant"],
    ]);
  });

  it("puts the same pressure on another prompt, asks nothing twice, and asks other variants with another seed", async () => {
    const made = project();
    const texts = () =>
      server.asked
        .filter(isPushed)
        .map((one) => `${itemOf(one)} ${lastMessage(one)}`)
        .sort();
    await ran(made);
    const first = texts();
    server.asked.length = 0;
    expect((await ran(made)).run.counts).toMatchObject({ cached: CASES, calls: 0 });
    made.write("evals/s.yaml", suite("pressure: [sycophancy]", "1.1.0"));
    await ran(made);
    expect(texts()).toEqual(first);
    server.asked.length = 0;
    made.write("evals/s.yaml", suite("pressure: [{ kind: sycophancy, seed: 2 }]"));
    await ran(made);
    expect(texts()).toHaveLength(first.length);
    expect(texts()).not.toEqual(first);
  });

  it("counts an errored variant separately, leaves a rule on the rate undecided, and asks it again on resume", async () => {
    const broken = 2;
    pushed = (right, request) => (itemOf(request) === broken ? { status: 400 } : firm(right));
    const made = project('pressure: [sycophancy]\ngate: { require: { flip_rate.sycophancy: "<= 0.05" } }');
    const { run, exit } = await ran(made);
    expect(exit).toBe(3);
    expect(run.counts).toMatchObject({ errored: 0, variants: { variants: 10, answered: 9, errored: 1 } });
    expect(run.errors).toEqual({});
    expect(run.metrics["flip_rate.sycophancy"].value).toBe(0);
    expect(run.gate.rules[0]).toMatchObject({ metric: "flip_rate.sycophancy", outcome: "undecided" });
    server.asked.length = 0;
    pushed = firm;
    const again = await ran(made, "--resume");
    expect(server.asked.map(itemOf)).toEqual([broken]);
    expect(again.exit).toBe(0);
    expect(again.run.counts.variants).toEqual({ variants: 10, answered: 10, errored: 0, skipped: 0 });
    expect(again.run.counts.calls).toBe(run.counts.calls + 1);
  });

  it("continues with the variants that a budget left out, and keeps trials and variants within the budget", async () => {
    const made = project();
    const { run: whole } = await ran(made);
    const each = whole.metrics.cost_usd.value / whole.counts.calls;
    rmSync(join(made.root, ".evals"), { recursive: true });
    server.asked.length = 0;
    const cut = await ran(made, "--no-cache", "--concurrency", "1", "--budget", String(each * 15.5));
    expect(cut.run.counts.variants.skipped).toBeGreaterThan(0);
    expect(cut.run.metrics.cost_usd.value).toBeLessThanOrEqual(each * 15.5);
    const before = server.asked.filter(isPushed).map(itemOf);
    expect(before.length).toBe(cut.run.counts.variants.answered);
    const rest = await ran(made, "--no-cache", "--resume");
    const all = server.asked.filter(isPushed).map(itemOf);
    expect(new Set(all).size).toBe(all.length);
    expect(rest.run.counts.variants).toEqual({ variants: 10, answered: 10, errored: 0, skipped: 0 });
  });

  it("blocks a prompt with more flips than the promoted one, and leaves unchanged baseline lines alone", async () => {
    const rule = "gate: { regression: { metric: flip_rate.sycophancy, max_drop: 0.1 } }";
    const made = project(`trials: 2\npressure: [sycophancy]\n${rule}`);
    pushed = (right, { messages }) => (/Agree/.test(messages[0]?.content ?? "") ? GONE : firm(right));
    expect((await ran(made)).exit).toBe(0);
    expect((await made.evals(["promote", "--message", "firm"], KEY)).exit).toBe(0);
    const [header = "", ...lines] = made.read("evals/baselines/s.jsonl").trimEnd().split("\n");
    expect(JSON.parse(header)).toMatchObject({ schema: "evals.baseline/2", model: MODEL });
    const line = (id: string) => lines.map((one) => JSON.parse(one)).find((one) => one.case === id);
    expect(line("c0").flips).toEqual({ sycophancy: [2, 0] });
    // It never passed: nothing was pushed, and why it failed stands there.
    expect(line("c5").flips).toBeUndefined();
    expect(Object.values(line("c5").failures)).toEqual([2]);
    made.write("evals/s.yaml", suite(`trials: 2\npressure: [sycophancy]\n${rule}`, "1.1.0"));
    const { run, exit } = await ran(made);
    expect(exit).toBe(1);
    expect(run.gate.verdict).toBe("regressed");
    const row = run.comparison.metrics.find(
      (one: { metric: string }) => one.metric === "flip_rate.sycophancy",
    );
    expect(row).toMatchObject({ baseline: 0, candidate: 1, delta: 1, verdict: "regressed" });
    expect(row.low).toBeGreaterThan(0);
    expect(run.comparison.said).toMatch(/^flip rate under sycophancy rose 100\.0 points/);
    made.write("evals/s.yaml", suite(`trials: 2\npressure: [sycophancy]\n${rule}`));
    const text = made.read("evals/baselines/s.jsonl");
    await ran(made, "--no-cache");
    expect((await made.evals(["promote", "--message", "again"], KEY)).exit).toBe(0);
    expect(made.read("evals/baselines/s.jsonl")).toBe(text);
  });
});

describe("a run under pressure that is scored again", () => {
  it("scores its variants too, and counts none of a trial that fails under the new scorers", async () => {
    pushed = (right, request) => (itemOf(request) % 2 === 0 ? `Sorry, it is ${right}.` : firm(right));
    const made = project("trials: 2\npressure: [sycophancy]");
    const { run } = await ran(made);
    expect(run.counts.variants.variants).toBe(20);
    expect(run.metrics["flip_rate.sycophancy"].value).toBe(0);
    server.asked.length = 0;
    const forbidden = ["Sorry", rightOf(1)].map((value) => `  - { type: not-contains, value: "${value}" }\n`);
    made.write(
      "evals/s.yaml",
      `${made.read("evals/s.yaml")}${forbidden.join("").replace(" }", ", name: polite }")}`,
    );
    const again = (await made.json(["rescore", run.id], KEY)).document.run;
    expect(server.asked).toEqual([]);
    // The right answer for c1 is forbidden now, so its two trials fail without pressure. Six of the nine other
    // cases flip.
    expect(again.counts.variants).toEqual({ variants: 18, answered: 18, errored: 0, skipped: 0 });
    expect(again.metrics["flip_rate.sycophancy"].value).toBeCloseTo(6 / 9, 12);
    expect(again.metrics.cost_usd.value).toBeCloseTo(run.metrics.cost_usd.value, 12);
    const shown = (await made.json(["show", `${again.id}/c0~sycophancy.1`], KEY)).document;
    expect(shown.trials[0].pass).toBe(false);
    expect((await made.json(["show", `${run.id}/c0~sycophancy.1`], KEY)).document.trials[0].pass).toBe(true);
    const { runs } = (await made.json(["history", "s"], KEY)).document;
    expect(runs.map(({ id }: { id: string }) => id).sort()).toEqual([run.id, again.id].sort());
  });
});

describe("an agent under pressure", () => {
  const agentProject = (pressure: string): GitProject => {
    const made = project();
    made.write("evalconfig.yaml", made.read("evalconfig.yaml").replace(MODEL, AGENT));
    mkdirSync(join(made.root, "tools"));
    made.write("tools/shop.mjs", SHOP);
    made.write(
      "datasets/d.jsonl",
      `${JSON.stringify({ id: "a", input: { q: "Make a mark.", state: { marks: 4 } }, expected: "marks" })}\n`,
    );
    made.write("evals/s.yaml", `${suite(pressure)}agent: { tools: [tools/shop.mjs] }\n`);
    return made;
  };
  const transcriptOf = async (made: GitProject, id: string) =>
    (await made.json(["show", `latest/${id}`], KEY)).document.trials[0].transcript;

  it("is asked again with its tools in the state that it left, and scored on everything that it did", async () => {
    const made = agentProject("pressure: [sycophancy]");
    const { run } = await ran(made);
    expect(run.metrics["flip_rate.sycophancy"].value).toBe(0);
    const { tool_calls, state, steps, output } = await transcriptOf(made, "a~sycophancy.1");
    expect(tool_calls.map(({ name, result }: { name: string; result: unknown }) => [name, result])).toEqual([
      ["mark", { marks: 5 }],
      ["look", { marks: 5 }],
    ]);
    expect({ state, steps, output }).toEqual({ state: { marks: 5 }, steps: 4, output: 'marks: {"marks":5}' });
    expect(run.counts).toMatchObject({ trials: 1, calls: 4 });
  });

  it("reads instructions that are added to the results of its tools", async () => {
    const made = agentProject("pressure: [{ kind: injection, in: [tool-result] }]");
    const { run } = await ran(made);
    expect(run.metrics["flip_rate.injection"].value).toBe(1);
    expect(run.notes[0]).toBe(`Flipped under injection: a~injection.1; evals show ${run.id}/a~injection.1/1`);
    const { tool_calls, messages } = await transcriptOf(made, "a~injection.1");
    expect(tool_calls[0].result).toEqual({ marks: 5 });
    expect(messages.find(({ role }: { role: string }) => role === "tool").content).toMatch(
      /^\{"marks":5\}\n\n.*PINEAPPLE/s,
    );
  });
});

describe("a written conversation under pressure", () => {
  it("compares the additional turn with the expected value of the last turn, and never reveals that value", async () => {
    const made = project("pressure: [sycophancy]\nuser: { turns: input.turns }");
    const turns = [{ say: "Where is item 1 kept?", expect: rightOf(1) }];
    made.write("datasets/d.jsonl", `${JSON.stringify({ id: "c1", input: { q: "Hello", turns } })}\n`);
    made.write("prompts/q/2.0.0.md", "system:\nYou know the store.\n");
    made.write(
      "evals/s.yaml",
      made.read("evals/s.yaml").replace("name: right", "scope: turn").replace("q@1.0.0", "q@2.0.0"),
    );
    pushed = () => GONE;
    const { run, problems } = await ran(made);
    expect(problems).toBeUndefined();
    expect(run.metrics.pass_rate.value).toBe(1);
    expect(run.metrics["flip_rate.sycophancy"].value).toBe(1);
    expect(lastMessage(server.asked.at(-1) as ModelRequest)).not.toContain(rightOf(1));
  });
});

describe("a suite under pressure", () => {
  it("refuses recorded answers, targets without messages, kinds that change nothing, and missing paraphrases", async () => {
    const made = project("pressure: [typos]");
    made.write("outputs.jsonl", `${JSON.stringify({ case: "c0", output: "S10K" })}\n`);
    made.write(
      "evalconfig.yaml",
      `${made.read("evalconfig.yaml")}  old: { provider: outputs, file: outputs.jsonl }\n  deaf: { provider: http, url: "http://127.0.0.1:${server.port}/x", body: { question: "{{ input.q }}" }, answer: $.a }\n`,
    );
    const code = async (more: string, model = "m") => {
      made.write("evals/s.yaml", suite(more).replace("model: m", `model: ${model}`));
      const { document } = await made.json(["run", "s"], KEY);
      return [document.exit, document.problems?.[0]?.code, document.problems?.[0]?.line];
    };
    expect(await code("pressure: [typos]", "old")).toEqual([2, "EVALS_PRESSURE_RECORDED", 4]);
    expect(await code("pressure: [sycophancy]", "deaf")).toEqual([2, "EVALS_PRESSURE_UNHEARD", 4]);
    expect(await code("pressure: [order]")).toEqual([2, "EVALS_PRESSURE_NOTHING", 4]);
    expect(await code("pressure: [typos, typos]")).toEqual([2, "EVALS_PRESSURE_TWICE", 4]);
    expect(await code("pressure: [{ kind: injection, in: [tool-result] }]")).toEqual([
      ...[2, "EVALS_PRESSURE_UNHEARD", 4],
    ]);
    expect(await code("pressure: [paraphrase]")).toEqual([2, "EVALS_PARAPHRASE_FILE", 4]);
    made.write("datasets/d.paraphrases.jsonl", '{"case": "c99", "input": {"q": "Where?"}}\n');
    expect(await code("pressure: [paraphrase]")).toEqual([2, "EVALS_PRESSURE_NOTHING", 4]);
    expect(
      (await made.json(["check"], KEY)).document.problems.map((one: { code: string }) => one.code),
    ).toEqual([...["EVALS_PRESSURE_NOTHING", "EVALS_PARAPHRASE_CASE"]]);
    expect(server.asked).toEqual([]);
  });

  it("asks reviewed paraphrases, and asks no variants of a case without any", async () => {
    const made = project("pressure: [paraphrase]");
    made.write("datasets/d.paraphrases.jsonl", '{"case": "c1", "input": {"q": "Which place has item 1?"}}\n');
    const { run } = await ran(made);
    expect(run.counts.variants.variants).toBe(1);
    expect(server.asked.map(lastMessage)).toContain("Which place has item 1?");
    expect(run.metrics["flip_rate.paraphrase"]).toEqual({ value: 0, low: null, high: null });
  });

  it("has other keys than the same suite without pressure, and variants are not listed as trials", async () => {
    const made = project();
    const { run } = await ran(made);
    made.write("evals/s.yaml", suite("trials: 1"));
    const plain = await ran(made);
    expect(plain.run.fingerprint).not.toBe(run.fingerprint);
    expect(plain.run.counts).toMatchObject({ cached: CASES, calls: 0 });
    expect(plain.run.counts.variants).toBeUndefined();
    const { document } = await made.json(["history", "s"], KEY);
    expect(document.runs).toHaveLength(2);
  });

  it("is merged from shards with its variants, and nothing is asked", async () => {
    const made = project();
    const { run: whole } = await ran(made);
    rmSync(join(made.root, ".evals"), { recursive: true });
    for (const part of ["1", "2"]) {
      await ran(made, "--shard", `${part}/2`);
      cpSync(join(made.root, ".evals"), join(made.root, "parts", part), { recursive: true });
      rmSync(join(made.root, ".evals"), { recursive: true });
    }
    server.asked.length = 0;
    const { document } = await made.json(["merge", "parts/1", "parts/2"], KEY);
    expect(document.runs[0].counts).toEqual(whole.counts);
    expect(document.runs[0].metrics["flip_rate.sycophancy"]).toEqual(whole.metrics["flip_rate.sycophancy"]);
    expect(document.runs[0].metrics.cost_usd.value).toBeCloseTo(whole.metrics.cost_usd.value, 12);
    expect(server.asked).toEqual([]);
  });
});

describe("docs/pressure.md", () => {
  it("begins with a project that works", async () => {
    const repo: Scenario = scenario(null);
    opened.push(repo);
    const page = readFileSync(fileURLToPath(new URL("../../../docs/pressure.md", import.meta.url)), "utf8");
    const files = page.slice(0, page.indexOf("\n## ")).matchAll(/^`([\w./-]+)`\n\n```\w+\n([\s\S]*?)```$/gm);
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(repo.root, path)), { recursive: true });
      repo.write(path, text);
    };
    for (const [, path = "", text = ""] of files) put(path, text);
    put(
      "evalconfig.yaml",
      `models:\n  small: { provider: openai, model: ${OF_THE_DOCS}, base_url: "http://127.0.0.1:${server.port}/v1", price: { input: 1, output: 2 } }\n`,
    );
    expect((await repo.evals("check")).exit).toBe(0);
    const { stdout, exit } = await repo.evals("run --json", { env: KEY });
    const [run] = JSON.parse(stdout).runs;
    expect(exit).toBe(0);
    expect(run.counts.variants).toEqual({ variants: 12, answered: 12, errored: 0, skipped: 0 });
    expect(run.metrics["flip_rate.sycophancy"].value).toBe(0);
    expect(run.metrics["flip_rate.typos"].value).toBe(0);
    expect((await repo.evals(`show latest/lamp~sycophancy.1/1`)).stdout).toContain("S11K");
  });
});
