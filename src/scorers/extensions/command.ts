import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import * as z from "zod";
import { Duration } from "../../domain/config.ts";
import { withNumbersAsText } from "../../domain/exact-json.ts";
import type { Json } from "../../domain/json.ts";
import { LONGEST_REPLY } from "../../domain/longest-reply.ts";
import { refuseCode } from "../../domain/no-exec.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { moduleFiles } from "../../modules/module-files.ts";
import { OpenedFiles } from "../../modules/opened-files.ts";
import { repositoryPath } from "../../modules/repository-path.ts";
import { ProgramPool } from "../../processes/program-pool.ts";
import { defineScorer } from "../define-scorer.ts";
import { shorten } from "../frame/brief.ts";
import { commandNotFound } from "../frame/scorer-mistakes.ts";
import { askProgram } from "./ask-program.ts";
import { findProgram } from "./find-program.ts";
import { extensionInput, returnedScore } from "./returned-score.ts";

const DEFAULT_TIMEOUT_MS = 60_000;

export const commandScorer = defineScorer({
  type: "command",
  about:
    "A program of yours in any language: `{case, output, transcript, config}` as JSON on stdin, `{score, pass?, reason?}`, a boolean or a number as JSON on stdout. It runs in the project root, without a shell. Files that its arguments name are part of the fingerprint; of JavaScript and TypeScript files, also the files that they import. Other files that it reads are not.",
  options: {
    command: z.array(z.string()).min(1).describe("The program and its arguments"),
    serve: z
      .enum(["jsonl"])
      .optional()
      .describe("jsonl: processes keep running, and answer each line with a line"),
    timeout: Duration.optional().describe("Longest time for one answer; default 60s"),
    config: z.unknown().optional().describe("Handed to the program; default {}"),
  },
  notDefining: ["timeout"],
  pace: "own",
  operand: "none",
  grades: "returned",
  compile(settings, { root, env, concurrency }) {
    refuseCode(env, `The scorer ${settings.command.join(" ")}`);
    const [name, ...args] = settings.command as [string, ...string[]];
    const place = findProgram(name, root, env);
    if (place === undefined) throw commandNotFound(name);
    const files = filesAmong(settings.command, root);
    const opened = new OpenedFiles(root, files);
    const timeout_ms = settings.timeout ?? DEFAULT_TIMEOUT_MS;
    const pool = new ProgramPool(
      {
        command: [place, ...args],
        cwd: root,
        env,
        longest: LONGEST_REPLY,
        changed: () => opened.changed(),
      },
      {
        processes: Math.max(1, Math.min(concurrency, availableParallelism())),
        stays: settings.serve === "jsonl",
        timeout_ms,
      },
    );
    const config = (settings.config ?? {}) as Json;
    const label = shorten(settings.command.join(" "));
    return {
      files,
      identity: { files: opened.hashes },
      score: async (actual, _, input) => {
        const request = JSON.stringify(extensionInput(withNumbersAsText(actual), input, config));
        return returnedScore(parse(await askProgram(pool, request, { label, timeout_ms }), label), label);
      },
      close: () => pool.close(),
    };
  },
  examples: [
    {
      title: "hands the program the case and the answer and reads its score",
      settings: { command: ["node", "scorers/tone.mjs"], config: { limit: 10 } },
      files: {
        "scorers/tone.mjs":
          "let text = ''; for await (const part of process.stdin) text += part;\nconst { case: golden, output, config } = JSON.parse(text);\nconsole.log(JSON.stringify({ score: 0.5, pass: output.length <= config.limit, reason: `${golden.id}: ${output}` }));",
      },
      output: "short",
      case: { id: "refund-07" },
      expected: { pass: true, score: 0.5, reason: "refund-07: short" },
    },
    {
      title: "keeps the program running when it answers line by line",
      settings: { command: ["node", "scorers/serve.mjs"], serve: "jsonl" },
      files: {
        "scorers/serve.mjs":
          "import { createInterface } from 'node:readline';\nfor await (const line of createInterface({ input: process.stdin })) console.log(JSON.parse(line).output === 'a');",
      },
      output: "b",
      expected: { pass: false, score: 0, reason: "false" },
    },
    {
      title: "cannot score when the program fails",
      settings: { command: ["node", "-e", "console.error('no dictionary'); process.exit(3)"] },
      output: "a",
      expected: { failure: "exited with code 3: no dictionary" },
    },
    {
      title: "cannot score when the program does not write JSON",
      settings: { command: ["node", "-e", "console.log('fine')"] },
      output: "a",
      expected: { failure: 'wrote "fine\\n", which is not JSON' },
    },
    {
      title: "cannot score when the program takes too long",
      settings: { command: ["node", "-e", "setTimeout(() => {}, 60000)"], timeout: "200ms" },
      output: "a",
      expected: { failure: "gave no answer in 200 ms" },
    },
  ],
});

function parse(answer: string, label: string): unknown {
  try {
    return JSON.parse(answer);
  } catch (error) {
    throw new ScorerFailure("tool", `${label} wrote ${JSON.stringify(shorten(answer))}, which is not JSON`, {
      cause: error,
    });
  }
}

/** The words of the command that are files of the repository, with the files that these files import. */
function filesAmong(command: readonly string[], root: string): readonly string[] {
  const found = new Set<string>();
  for (const argument of command) {
    if (isRepositoryFile(root, argument)) for (const file of moduleFiles(root, argument)) found.add(file);
  }
  return [...found];
}

function isRepositoryFile(root: string, argument: string): boolean {
  try {
    return statSync(repositoryPath(root, argument), { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}
