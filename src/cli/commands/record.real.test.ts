import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

/**
 * Real servers, whose addresses are in environment variables; CONTRIBUTING.md says how to start them. Tests of
 * a server without an address are skipped.
 */
const SERVERS = [
  { name: "a llama.cpp server", url: process.env.EVALS_REAL_LLAMA_URL, model: "gemma-3-270m", key: "" },
  {
    name: "a LiteLLM proxy",
    url: process.env.EVALS_REAL_LITELLM_URL,
    model: "gemma",
    key: process.env.EVALS_REAL_LITELLM_KEY ?? "",
  },
];
/** An address without a server: an answer can only come from the recording. */
const NOBODY = "http://127.0.0.1:9/v1";
const CASES = ["AB-12345", "CD-67890", "EF-13579", "GH-24680", "IJ-11223", "KL-44556"];

const open: Scenario[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

function config(url: string, model: string, key: string): string {
  return `models:
  small:
    provider: openai
    model: ${model}
    base_url: ${url}
${key === "" ? "" : "    api_key_env: GATEWAY_KEY\n"}    params: { temperature: 0.7, max_tokens: 24, stop: ["\\n", "<|im_end|>"] }
    limits: { concurrency: 4 }
    timeout: 120s
defaults: { trials: 3 }
`;
}

function project(url: string, model: string, key: string): Scenario {
  const repo = scenario(null);
  open.push(repo);
  for (const folder of ["evals", "datasets", "prompts/order"])
    mkdirSync(join(repo.root, folder), { recursive: true });
  repo.write("evalconfig.yaml", config(url, model, key));
  repo.write(
    "evals/order.yaml",
    "dataset: order\nprompt: order\nmodel: small\nscorers:\n  - { type: equals, name: order, trim: true }\n" +
      "  - { type: levenshtein, name: near, threshold: 0.5, required: false }\n",
  );
  const lines = CASES.map((id) => ({
    id,
    input: { message: `My order ${id} has not come.` },
    expected: id,
  }));
  repo.write("datasets/order.jsonl", `${lines.map((one) => JSON.stringify(one)).join("\n")}\n`);
  repo.write(
    "prompts/order/1.0.0.md",
    "---\ndescription: Find the order number.\n---\nuser:\nPlease cancel PL-30957.\nassistant:\nPL-30957\n" +
      "user:\nWhere is MR-49310?\nassistant:\nMR-49310\nuser:\n{{ input.message }}\n",
  );
  return repo;
}

/**
 * The parts of a run's document that must not depend on whether answers were recorded: all but ids and call
 * counts.
 */
function figures(stdout: string) {
  const [run] = JSON.parse(stdout).runs;
  return { fingerprint: run.fingerprint, metrics: run.metrics, answered: run.counts.answered };
}

describe("recording and replaying", () => {
  for (const { name, url, model, key } of SERVERS) {
    it.skipIf(url === undefined)(
      `gives the same scores bit for bit without ${name}`,
      async () => {
        const repo = project(url ?? "", model, key);
        const env = { GATEWAY_KEY: key };
        const recorded = await repo.evals("run --record --json", { env });
        expect(recorded.exit).toBe(0);
        expect(figures(recorded.stdout).answered).toBe(CASES.length * 3);
        if (key !== "") expect(repo.read("fixtures/small.jsonl")).not.toContain(key);

        repo.write("evalconfig.yaml", config(url ?? "", model, key).replace("timeout: 120s", "timeout: 5s"));
        const replayed = await repo.evals("run --replay --json", { env });
        expect(replayed.exit).toBe(0);
        expect(JSON.parse(replayed.stdout).runs[0].counts.calls).toBe(0);
        expect(figures(replayed.stdout)).toEqual(figures(recorded.stdout));

        repo.write("evalconfig.yaml", config(NOBODY, model, key));
        const elsewhere = await repo.evals("run --replay --json", { env });
        expect(figures(elsewhere.stdout).metrics).toEqual(figures(recorded.stdout).metrics);
      },
      600_000,
    );
  }
});
