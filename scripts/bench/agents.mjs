import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evals, measure, median } from "./measure.mjs";
import { lines, remove, repository } from "./scratch.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const count = (value) => value.toLocaleString("en");
const CALLS = 19;

/** A recorded trajectory of twenty steps: nineteen calls with their results, and an answer. */
function trajectory(index) {
  const calls = Array.from({ length: CALLS }, (_, at) => ({ id: `A-${index}-${at}` }));
  const messages = [
    { role: "user", content: `Look after ${index}.` },
    ...calls.flatMap((given, at) => [
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: `c${at}`, type: "function", function: { name: "look", arguments: JSON.stringify(given) } },
        ],
      },
      {
        role: "tool",
        tool_call_id: `c${at}`,
        content: JSON.stringify({ ...given, total: at, note: "as it was ordered" }),
      },
    ]),
    { role: "assistant", content: "All is well." },
  ];
  return { case: `c${index}`, output: "All is well.", messages, state: { seen: calls.length } };
}

/** Measures a run over recorded trajectories: reading, aligning, scoring and storing them. */
export async function trajectories({ quick }) {
  const size = quick ? 2_000 : 10_000;
  const root = await repository({
    "evalconfig.yaml": "models:\n  a: { provider: outputs, file: fixtures/a.jsonl }\n",
    "evals/s.yaml": `dataset: d
model: a
trials: 1
scorers:
  - { type: tool-calls }
  - { type: state-equals }
  - { type: repeated-calls }
  - { type: tool-errors }
  - { type: says, value: [well] }
`,
    "datasets/d.jsonl": lines(size, (index) => ({
      id: `c${index}`,
      input: { q: index },
      expected: {
        // In every third case, one expected call differs from the recorded call in its argument.
        calls: Array.from({ length: CALLS }, (_, at) => ({
          name: "look",
          arguments: { id: index % 3 === 0 && at === 9 ? "other" : `A-${index}-${at}` },
        })),
        state: { seen: CALLS },
      },
    })),
    "fixtures/a.jsonl": lines(size, trajectory),
  });
  const all = [];
  for (let turn = 0; turn < (quick ? 1 : 3); turn++)
    all.push(await evals(root, ["run", "s", "--json", "--quiet", "--no-cache"]));
  remove(root);
  const cpu = median(all.map((one) => one.cpu_ms)) / 1000;
  return [
    {
      what: `${count(size)} recorded trajectories of 20 steps, five scorers`,
      target: `≤ ${size / 1000} s`,
      found: `${cpu.toFixed(1)} s`,
      memory: `${Math.round(Math.max(...all.map((one) => one.mib)))} MiB`,
      held: cpu <= size / 1000,
      note: `processor time; ${(median(all.map((one) => one.ms)) / 1000).toFixed(1)} s by the clock`,
    },
  ];
}

/**
 * Compares a trial of twenty steps with the time that the same requests and tools need without evals: through
 * OpenAI's client and a thread, which evals uses too, and in a bare loop.
 */
export async function agents({ quick }) {
  const child = spawn(process.execPath, [here("./agent-server.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  const port = await new Promise((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  // The cost of a trial is the difference between two sizes of run, so that compiling and starting do not count.
  const sizes = quick ? [50, 250] : [250, 1000];
  const costs = { evals: [], parts: [], bare: [] };
  for (const size of sizes) {
    const root = await agentProject(size, port);
    for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
      const one = await evals(root, ["run", "s", "--json", "--quiet", "--no-cache", "--concurrency", "8"], {
        env: { K: "x" },
      });
      if (JSON.parse(one.out).runs[0].metrics.steps.value !== CALLS + 1)
        throw new Error("not every trial took its steps");
      costs.evals.push([size, one.cpu_ms]);
      for (const way of ["parts", "bare"]) {
        const floor = await measure([here("./agent-floor.mjs"), join(root, "datasets/d.jsonl"), port, way]);
        costs[way].push([size, floor.cpu_ms]);
      }
    }
    remove(root);
  }
  child.stdin.end();
  const each = (of) => {
    const [small, large] = sizes.map((size) =>
      median(of.filter(([one]) => one === size).map(([, ms]) => ms)),
    );
    return (large - small) / (sizes[1] - sizes[0]);
  };
  const [whole, parts, bare] = [costs.evals, costs.parts, costs.bare].map(each);
  return [
    {
      what: "a trial of 20 steps with a tool, compared with its model's client and its tools' thread",
      target: "≤ 1 ms",
      found: `${(whole - parts).toFixed(1)} ms`,
      held: whole - parts <= 1,
      note: `processor time: ${whole.toFixed(1)} ms; client and thread alone ${parts.toFixed(1)}, a bare loop ${bare.toFixed(1)}`,
    },
  ];
}

function agentProject(cases, port) {
  return repository({
    "evalconfig.yaml": `models:\n  m: { provider: openai, model: mock-2024-01-01, base_url: "http://127.0.0.1:${port}/v1", api_key_env: K }\n`,
    "evals/s.yaml":
      "dataset: d\nprompt: q\nmodel: m\nagent: { tools: [tools/look.mjs] }\ntrials: 1\nscorers:\n  - { type: tool-errors }\n",
    "prompts/q/1.0.0.md": "user:\nLook after {{ input.q }}.\n",
    "tools/look.mjs": `export default { look: { description: "Looks.", parameters: { type: "object" }, run: ({ id }) => ({ id, total: 4 }) } };\n`,
    "datasets/d.jsonl": lines(cases, (index) => ({ id: `c${index}`, input: { q: index } })),
  });
}
