import { statSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import { parseExactJson } from "../domain/exact-json.ts";
import type { Json } from "../domain/json.ts";
import { LONGEST_REPLY } from "../domain/longest-reply.ts";
import { refuseCode } from "../domain/no-exec.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { OpenTarget, ProviderDefinition, ProviderHost, Question, Reply } from "../domain/provider.ts";
import { OpenedFiles } from "../modules/opened-files.ts";
import { fromRoot, repositoryPath } from "../modules/repository-path.ts";
import { ProgramPool } from "../processes/program-pool.ts";
import { failedCommand } from "./command-reply.ts";
import { loadTraceReader, type TraceReader } from "./conversation-shapes.ts";
import { environmentIdentity, environmentNames, fillEnvironment } from "./environment-values.ts";
import { malformedReply, unsetVariables } from "./failed-reply.ts";
import { readGivenAnswer, readWrittenAnswer } from "./given-answer.ts";
import { redactor } from "./redact.ts";
import { writtenSecrets } from "./written-secret.ts";

const Settings = z.strictObject({
  ...modelFrame,
  command: z.array(z.string()).min(1).describe("Program and arguments; no shell reads them"),
  serve: z
    .literal("jsonl")
    .optional()
    .describe("Keeps the program running: for each trial it reads one line of JSON and writes one"),
  cwd: z.string().optional().describe("Working directory, relative to the project root; default: the root"),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe("Variables added to the environment; ${env:NAME} in a value is replaced by that variable"),
});
type Settings = z.output<typeof Settings>;

/** The directory in which the command runs. @throws {SettingMistake} EVALS_COMMAND_CWD */
function directoryOf(root: string, cwd: string | undefined): string {
  if (cwd === undefined) return root;
  let problem = `there is no directory ${cwd}.`;
  try {
    const place = repositoryPath(root, cwd);
    if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) return place;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new SettingMistake(["cwd"], {
    code: "EVALS_COMMAND_CWD",
    what: `The command cannot run in \`cwd\`: ${problem}`,
    why: "What a command reads is part of what is tested, so the command runs inside the repository.",
    fix: "Write a directory of the repository, relative to the project root, or delete `cwd`.",
  });
}

/** The words of the command that are files of the repository: the program's own code. */
function namedFiles(root: string, cwd: string, command: readonly string[]): readonly string[] {
  return command.flatMap((word) => {
    try {
      const place = repositoryPath(root, resolve(cwd, word));
      return statSync(place, { throwIfNoEntry: false })?.isFile() ? [fromRoot(root, place)] : [];
    } catch {
      // The word is not the path of a file in the repository, for instance the name of a system program.
      return [];
    }
  });
}

function wordsFor({ case_id, input, messages }: Question, trial: number): string {
  return JSON.stringify({ case: case_id, trial, input, messages });
}

function identityOf(settings: Settings, { env }: Pick<ProviderHost, "env">, files: OpenedFiles): Json {
  return {
    provider: "command",
    command: settings.command,
    files: files.hashes,
    ...(settings.serve !== undefined && { serve: settings.serve }),
    ...(settings.cwd !== undefined && { cwd: settings.cwd }),
    ...(Object.keys(settings.env).length > 0 && { env: settings.env }),
    ...environmentIdentity(settings.env, env, "env"),
    ...(settings.version !== undefined && { version: settings.version }),
    ...(settings.context !== undefined && { context: settings.context as Json }),
  };
}

function readLine(line: string, program: string, readTrace: TraceReader): Reply {
  try {
    return readGivenAnswer(parseExactJson(line), program, readTrace);
  } catch {
    return malformedReply(`${program} wrote a line that is not JSON`);
  }
}

async function openCommand(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  refuseCode(host.env, `The command ${settings.command.join(" ")}`);
  const [secret] = writtenSecrets({ env: settings.env, command: settings.command });
  if (secret !== undefined) throw secret;
  const cwd = directoryOf(host.root, settings.cwd);
  const filled = fillEnvironment(settings.env, host.env);
  const files = namedFiles(host.root, cwd, settings.command);
  const opened = new OpenedFiles(host.root, files);
  const program = settings.command[0] ?? "";
  const redact = redactor(filled.kind === "filled" ? filled.secrets : []);
  const stays = settings.serve !== undefined;
  const readTrace = await loadTraceReader();
  const pool = new ProgramPool(
    {
      command: settings.command,
      cwd,
      env: { ...host.env, ...(filled.kind === "filled" ? filled.values : {}) },
      longest: LONGEST_REPLY,
      changed: () => opened.changed(),
    },
    // When each call has its own process, the caller limits how many processes run at once.
    { processes: stays ? host.concurrency : Number.POSITIVE_INFINITY, stays },
  );

  const send = async (question: Question, trial: number, signal: AbortSignal): Promise<Reply> => {
    if (filled.kind === "unset") return unsetVariables(filled.names);
    const reply = await pool.ask(wordsFor(question, trial), signal);
    if (reply.kind !== "answer") return failedCommand(reply, { program, redact, signal });
    return (stays ? readLine : readWrittenAnswer)(reply.text, program, readTrace);
  };
  return {
    client: {
      prepare: (question) => ({
        case: question.case_id,
        input: question.input,
        messages: question.messages as Json,
      }),
      send: (_request, question, trial, signal) => send(question, trial, signal),
      close: () => pool.close(),
    },
    identity: identityOf(settings, host, opened),
    label: settings.command.join(" "),
    files,
    cacheable: settings.version !== undefined,
    price: settings.price ?? null,
    tells_cost: true,
  };
}

export const commandProvider: ProviderDefinition<Settings> = {
  kind: "command",
  about: "Any program: JSON on stdin, the answer on stdout",
  settings: Settings,
  prompt: "optional",
  keys: (settings) => environmentNames(Object.values(settings.env)),
  open: openCommand,
};
