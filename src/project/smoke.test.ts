import { it } from "vitest";
import * as z from "zod";
import { EvalsError } from "../domain/problem.ts";
import { scorerFrame } from "../domain/suite.ts";
import { providers } from "../providers/registry.ts";
import { formatProblems } from "./format-problems.ts";
import { loadProject } from "./load-project.ts";
import { memoryFiles } from "./testing/memory-files.ts";

const scorers = {
  names: ["equals", "contains"],
  load: async (type: string) => ({
    type,
    about: "",
    settings: z.strictObject({ ...scorerFrame, ignore_case: z.boolean().optional() }),
    open: async () => {
      throw 1;
    },
  }),
} as any;
it("smoke", async () => {
  const files = memoryFiles({
    "evalconfig.yaml": `models:\n  small: { provider: openai, model: gpt-4o-mini-2024-07-18, price: { input: 0.15 USD, output: -1 }, timeout: 60 }\n  rep: {provider: replay, of: smal, file: x.jsonl}\n  a: {provider: opnai}\n  b: {provider: http, urll: x}\n`,
    "evals/s.yaml": `dataset: d\nmodel: smll\nprompt: s@^2\ntrails: 4\nscorers:\n  - type: equls\n  - {type: equals, ignor_case: true}\n  - {type: equals, select: {jsn: x}}\ngate:\n  require: { "pass^5": ">= 0.7", scor.x: ">= 1", pass_rate: ">= 90%" }\n  regression: { undecided: wrn }\n`,
    "evals/t.yaml": `dataset: dd\nmodel: small\nprompt: s@^2\ntrials: 4\nscorers:\n  - type: equals\n  - {type: equals}\ngate:\n  require: { "pass^5": ">= 0.7", scor.equals: ">= 1", pass_rate: ">= 90%", score.equal: "> 2", latency_p95: "<= 4s", error_rate: "<= 4s" }\n  critical: [foo]\n`,
    "datasets/d.jsonl": `{"id":"a","input":"x"}\n`,
    "prompts/s/1.0.0.md": "user:\n{{ input }}\n",
  });
  try {
    const p = await loadProject({ root: "/x", files, env: {}, providers, scorers });
    console.log(p);
  } catch (e) {
    if (!(e instanceof EvalsError)) throw e;
    console.log(formatProblems(e.problems));
  }
});
