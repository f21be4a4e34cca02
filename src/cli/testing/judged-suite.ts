import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type JudgeServer,
  judgedAnswer,
  type judgeServer,
  verdict,
} from "../../providers/testing/judge-server.ts";
import { type Scenario, scenario } from "./scenario.ts";

/** The scripted answers of the models of a fake server, by model name. */
export type Models = Parameters<typeof judgeServer>[0];

export const TARGET = "target-2024-07-18";
export const JUDGE = "judge-2024-07-18";

export const POLITE = "---\nkind: binary\nmodel: judge\n---\nThe answer passes when it is polite.\n";

export const SUITE = `dataset: reply
prompt: reply
model: target
trials: 1
scorers:
  - { type: judge, judge: polite }
`;

/** A model that repeats the question politely, except for case b. */
export const repliesPolitely: Models[string] = ({ messages }) => {
  const question = messages.at(-1)?.content ?? "";
  return question.endsWith("b") ? "That is your fault." : `Kindly: ${question}`;
};

export const findsKind: Models[string] = (request) =>
  judgedAnswer(request).startsWith("Kindly") ? verdict("pass", "kind words") : verdict("fail", "blames");

/**
 * A project with one suite, which asks `target` about three cases and has the answers judged by
 * `judges/polite`.
 */
export function judgedSuite(
  { port }: Pick<JudgeServer, "port">,
  files: Readonly<Record<string, string>> = {},
): Scenario {
  const one = scenario(null);
  const all = {
    "evalconfig.yaml": `models:
  target: { provider: openai, model: target-2024-07-18, base_url: "http://127.0.0.1:${port}/v1", price: { input: 1, output: 2 } }
  judge: { provider: openai, model: judge-2024-07-18, base_url: "http://127.0.0.1:${port}/v1", price: { input: 0, output: 40 } }
  second: { provider: openai, model: second-2024-07-18, base_url: "http://127.0.0.1:${port}/v1" }
  third: { provider: openai, model: third-2024-07-18, base_url: "http://127.0.0.1:${port}/v1" }
`,
    "evals/reply.yaml": SUITE,
    "datasets/reply.jsonl": ["a", "b", "c"]
      .map((id) => `${JSON.stringify({ id, input: `question ${id}`, expected: `answer ${id}` })}\n`)
      .join(""),
    "prompts/reply/1.0.0.md": "user:\n{{ input }}\n",
    "judges/polite/1.0.0.md": POLITE,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(one.root, path)), { recursive: true });
    one.write(path, text);
  }
  return one;
}
