import { type CallOf, declareCommand } from "./declare-command.ts";

export const diff = declareCommand({
  words: "diff",
  group: "start",
  examples: [
    "evals diff latest",
    "evals diff 3f9c a1b2",
    "evals diff prompt:support-triage@1.1.0 prompt:support-triage@1.2.0",
    "evals diff ref:main --run-missing",
    "evals diff file:outputs.jsonl",
  ],
  values: { a: "sides", b: "sides" },
  type: (command) =>
    command
      .description("compare two sides: which cases broke, which were fixed, and how certain that is")
      .argument("<a>", "the baseline: run:ID, latest, prompt:name@1.2.0, ref:main, file:outputs.jsonl")
      .argument("[b]", "the candidate; default: latest; one run alone is compared with its own baseline")
      .option("--run-missing", "run a side that has no stored result: a commit or a prompt version"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/diff.ts")).diffCommand(call),
});
export type DiffCall = CallOf<typeof diff>;
