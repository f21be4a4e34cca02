import { createHash } from "node:crypto";
import { evals, inTurn, median } from "./measure.mjs";
import { floors, fresh, runs, startServer } from "./overhead.mjs";
import { lines, repository } from "./scratch.mjs";
import { times } from "./table.mjs";

/**
 * Compares a run with 1,000 answers, each judged once, with a process that only makes the same number of calls.
 */
export async function judged({ quick }) {
  const server = await startServer(0);
  try {
    const model = (name) =>
      `{ provider: openai, model: ${name}, base_url: "http://127.0.0.1:${server.port}/v1", api_key_env: K }`;
    const root = await repository({
      "evalconfig.yaml": `models:\n  bot: ${model("mock-2024-01-01")}\n  judge: ${model("judge-2024-01-01")}\n`,
      "evals/s.yaml":
        "dataset: d\nprompt: q\nmodel: bot\nscorers:\n  - { type: equals }\n  - { type: judge, judge: polite, required: false }\n",
      "prompts/q/1.0.0.md": "user:\nQ: {{ input.q }}\n",
      "judges/polite/1.0.0.md":
        "---\nkind: binary\nmodel: judge\n---\nThe answer passes when it is polite.\n",
      "datasets/d.jsonl": lines(1000, (i) => ({
        id: `case-${i}`,
        input: { q: `item ${i} please` },
        expected: `ECHO Q: item ${i} please`,
      })),
    });
    const found = await inTurn(
      {
        floor: fresh(root, floors(root, "openai", server.port, 2, 50)),
        evals: runs(root, "s", 1, 50),
      },
      quick ? 3 : 9,
    );
    return [
      {
        what: "1,000 answers, each judged once, compared with the SDK floor for 2,000 calls",
        target: "≤ 1.3 ×",
        ...times(found.evals),
        held: found.evals.ratio <= 1.3,
      },
    ];
  } finally {
    server.stop();
  }
}

/** Measures the calibration of a judge with 10,000 labels and stored verdicts; no model is asked. */
export async function calibrate({ quick }) {
  const count = 10_000;
  const answer = (i) => `answer ${i} ${"word ".repeat(i % 60)}`;
  const hash = (i) => createHash("sha256").update(answer(i)).digest("hex");
  const root = await repository({
    "labels/s.jsonl": lines(count, (i) => ({
      case: `c${i}`,
      answer_hash: hash(i),
      answer: answer(i),
      rater: "ana",
      verdict: i % 5 ? "pass" : "fail",
      at: "2025-03-01T12:00:00.000Z",
      picked: "random",
      weight: 1,
    })),
    "judges/j/1.0.0.verdicts.jsonl": lines(count, (i) => ({
      case: `c${i}`,
      answer_hash: hash(i),
      repeat: 1,
      verdict: i % 5 && i % 11 ? "pass" : "fail",
    })),
  });
  const found = [];
  for (let turn = 0; turn < (quick ? 1 : 5); turn++)
    found.push(await evals(root, ["calibrate", "j", "--suite", "s", "--json"]));
  const ms = median(found.map((one) => one.ms));
  return [
    {
      what: "calibrate on 10,000 labels",
      target: "< 2 s",
      found: `${(ms / 1000).toFixed(2)} s`,
      memory: `${Math.round(median(found.map((one) => one.mib)))} MiB`,
      held: ms < 2000,
    },
  ];
}
