import * as z from "zod";
import { Duration } from "../../domain/config.ts";
import { withNumbersAsText } from "../../domain/exact-json.ts";
import type { Json } from "../../domain/json.ts";
import { refuseCode } from "../../domain/no-exec.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { fileHashes, moduleFiles } from "../../modules/module-files.ts";
import type { ModuleOptions } from "../../modules/thread-pool.ts";
import type { CallOutcome } from "../../modules/user-function.ts";
import { openUserModule, UnusableModule, type UserModule } from "../../modules/user-module.ts";
import { defineScorer, type Judgement } from "../define-scorer.ts";
import { repositoryFile } from "../frame/repository-file.ts";
import { brokenModule, noDefaultFunction, noNamedFunction } from "../frame/scorer-mistakes.ts";
import { extensionInput, returnedScore } from "./returned-score.ts";

const DEFAULT_TIMEOUT_MS = 60_000;

export const moduleScorer = defineScorer({
  type: "module",
  about:
    "A function of yours, in TypeScript or JavaScript: the default export of `file`, `({case, output, transcript, config}) => {score, pass?, reason?} | boolean | number`, or a promise of that. It and the files it imports are part of the fingerprint.",
  options: {
    file: z.string().min(1).describe("Path of the module, relative to the project root"),
    export: z
      .string()
      .min(1)
      .optional()
      .describe(
        "The export to call, or a path into an export such as scorers.0; default: the default export",
      ),
    config: z.unknown().optional().describe("Handed to the function; default {}"),
    timeout: Duration.optional().describe("Longest time for one answer; default 60s"),
    isolate: z
      .boolean()
      .optional()
      .describe(
        "false: run it in the main thread, where no timeout can stop code that blocks; default: in a thread of its own",
      ),
  },
  pace: "own",
  notDefining: ["timeout", "isolate"],
  operand: "none",
  grades: "returned",
  async compile({ file, export: name, config, isolate, timeout }, { root, env, clean, modules: events }) {
    refuseCode(env, `The scorer ${file}`);
    repositoryFile(root, file, ["file"]);
    const judge = await openJudge(
      { root, file, env, clean, events, ...(name === undefined ? {} : { gives: { export: name } }) },
      isolate ?? true,
    );
    const files = moduleFiles(root, file);
    const timeout_ms = timeout ?? DEFAULT_TIMEOUT_MS;
    return {
      files,
      identity: { files: fileHashes(root, files) },
      score: async (actual, _, input) => {
        const handed = extensionInput(withNumbersAsText(actual), input, (config ?? {}) as Json);
        const call = { form: "scorer", input: JSON.stringify(handed) } as const;
        return judgementOf((await judge.call(call, timeout_ms, null)).outcome, { file, timeout_ms });
      },
      close: () => judge.close(),
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
      title: "cannot score when the function says that it failed, whatever score it gives",
      settings: { file: "scorers/tone.js" },
      files: {
        "scorers/tone.js": "export default () => ({ score: 1, pass: true, error: 'no dictionary' });",
      },
      output: "a",
      expected: { failure: 'scorers/tone.js says that it failed: "no dictionary"' },
    },
    {
      title: "cannot score when a second verdict contradicts the score, whatever its name",
      settings: { file: "scorers/tone.js", threshold: 0.7 },
      files: { "scorers/tone.js": "export default () => ({ score: 0.9, success: false });" },
      output: "a",
      expected: { failure: "it contradicts itself: success: false and the score 0.9 (threshold 0.7)" },
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

async function openJudge(options: ModuleOptions, isolate: boolean): Promise<UserModule> {
  try {
    return await openUserModule(options, isolate);
  } catch (error) {
    if (!(error instanceof UnusableModule)) throw error;
    const { file, gives } = options;
    if (error.why === "broken") throw brokenModule(file, error.message, error);
    throw typeof gives === "object" ? noNamedFunction(file, gives.export) : noDefaultFunction(file);
  }
}

/** The score that a call of the user's function returned. @throws {ScorerFailure} when it returned none */
function judgementOf(
  outcome: CallOutcome,
  { file, timeout_ms }: { file: string; timeout_ms: number },
): Judgement {
  switch (outcome.kind) {
    case "returned":
      return returnedScore(JSON.parse(outcome.json), file);
    case "odd":
      throw new ScorerFailure("tool", `${file} returned ${outcome.what}`);
    case "threw":
      throw new ScorerFailure("tool", `${file} threw: ${outcome.message}`);
    case "ended":
      throw new ScorerFailure("tool", `${file} ${outcome.how}`);
    case "timeout":
      throw new ScorerFailure("tool", `${file} gave no answer in ${timeout_ms} ms`);
    case "aborted":
      throw new ScorerFailure("tool", `${file} was closed`);
    default:
      return outcome satisfies never;
  }
}
