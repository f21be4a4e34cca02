import * as z from "zod";
import { withNumbersAsText } from "../../domain/exact-json.ts";
import type { Json } from "../../domain/json.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import type { ScorerInput } from "../../domain/user-module.ts";
import { type LoadedModule, loadModule } from "../../modules/load-module.ts";
import { fileHashes, moduleFiles } from "../../modules/module-files.ts";
import { defineScorer } from "../define-scorer.ts";
import { repositoryFile } from "../frame/repository-file.ts";
import { brokenModule, noDefaultFunction } from "../frame/scorer-mistakes.ts";
import { extensionInput, returnedScore } from "./returned-score.ts";

export const moduleScorer = defineScorer({
  type: "module",
  about:
    "A function of yours, in TypeScript or JavaScript: the default export of `file`, `({case, output, transcript, config}) => {score, pass?, reason?} | boolean | number`, or a promise of that. It and the files it imports are part of the fingerprint.",
  options: {
    file: z.string().min(1).describe("Path of the module, relative to the project root"),
    config: z.unknown().optional().describe("Handed to the function; default {}"),
  },
  pace: "own",
  operand: "none",
  grades: "returned",
  async compile({ file, config }, { root }) {
    repositoryFile(root, file, ["file"]);
    const judge = await importFunction(root, file);
    const files = moduleFiles(root, file);
    const settings = (config ?? {}) as Json;
    return {
      files,
      identity: { files: fileHashes(root, files) },
      score(actual, _, input) {
        // Other scorers read the same parsed answer: the user's code gets its own.
        const output = typeof actual === "object" ? structuredClone(withNumbersAsText(actual)) : actual;
        const returned = calling(file, () => judge(extensionInput(output, input, settings)));
        if (!isThenable(returned)) return returnedScore(returned, file);
        return Promise.resolve(returned).then(
          (value) => returnedScore(value, file),
          (error: unknown) => {
            throw thrown(file, error);
          },
        );
      },
    };
  },
  examples: [
    {
      title: "passes what the function passes",
      settings: { file: "scorers/tone.js" },
      files: { "scorers/tone.js": "export default ({ output }) => !output.includes('!');" },
      output: "Thank you.",
      expected: { pass: true, score: 1, reason: "true" },
    },
    {
      title:
        "hands over the case, the selected part and the config; a threshold makes a number a pass or a miss",
      settings: {
        file: "scorers/near.ts",
        select: { json: "$.n" },
        config: { scale: 10 },
        threshold: 0.9,
      },
      files: {
        "scorers/near.ts":
          'import { near } from "./distance.ts";\nexport default ({ case: golden, output, config }: { case: { expected: number }; output: number; config: { scale: number } }) => near(golden.expected, output, config.scale);',
        "scorers/distance.ts":
          "export const near = (a: number, b: number, scale: number): number => 1 - Math.abs(a - b) / scale;",
      },
      output: '{"n": 5}',
      case: { expected: 7 },
      expected: { pass: false, score: 0.8, reason: "score 0.8" },
    },
    {
      title: "takes a score with its own verdict and reason",
      settings: { file: "scorers/tone.js" },
      files: {
        "scorers/tone.js":
          "export default async ({ output }) => ({ score: 0.4, pass: false, reason: `too loud: ${output}` });",
      },
      output: "HELLO",
      expected: { pass: false, score: 0.4, reason: "too loud: HELLO" },
    },
    {
      title: "cannot score when the function throws",
      settings: { file: "scorers/tone.js" },
      files: { "scorers/tone.js": "export default () => { throw new Error('no dictionary'); };" },
      output: "a",
      expected: { failure: "scorers/tone.js threw: no dictionary" },
    },
    {
      title: "cannot score with a number alone and no threshold",
      settings: { file: "scorers/tone.js" },
      files: { "scorers/tone.js": "export default () => 0.7;" },
      output: "a",
      expected: { failure: "the suite gives no threshold" },
    },
    {
      title: "cannot score when a verdict contradicts its own number",
      settings: { file: "scorers/tone.js", threshold: 0.7 },
      files: { "scorers/tone.js": "export default () => ({ score: 0.75, pass: false });" },
      output: "a",
      expected: { failure: "it says pass: false, but its score 0.75 says true (threshold 0.7)" },
    },
  ],
});

type JudgeFunction = (input: ScorerInput) => unknown;

async function importFunction(root: string, file: string): Promise<JudgeFunction> {
  let loaded: LoadedModule;
  try {
    loaded = await loadModule(root, file);
  } catch (error) {
    throw brokenModule(file, messageOf(error), error);
  }
  if (typeof loaded.default !== "function") throw noDefaultFunction(file);
  return loaded.default as JudgeFunction;
}

function calling(file: string, call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    throw thrown(file, error);
  }
}

function thrown(file: string, error: unknown): ScorerFailure {
  return new ScorerFailure("tool", `${file} threw: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
