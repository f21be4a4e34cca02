import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import type { Json } from "../domain/json.ts";
import { refuseCode } from "../domain/no-exec.ts";
import { SettingMistake } from "../domain/problem.ts";
import type {
  FailedReply,
  OpenTarget,
  ProviderDefinition,
  ProviderHost,
  Question,
  Reply,
} from "../domain/provider.ts";
import { fileHashes, moduleFiles } from "../modules/module-files.ts";
import type { CalledOnce } from "../modules/thread-pool.ts";
import { openUserModule, UnusableModule } from "../modules/user-module.ts";
import { loadTraceReader, type TraceReader } from "./conversation-shapes.ts";
import { abortedReply, oneLine } from "./failed-reply.ts";
import { readGivenAnswer } from "./given-answer.ts";
import { redactor } from "./redact.ts";
import { deadlineError } from "./timed-client.ts";

const Settings = z.strictObject({
  ...modelFrame,
  file: z.string().min(1).describe("JavaScript or TypeScript; its default export is called once a trial"),
  config: z.json().optional().describe("Handed to the module as context.config"),
  isolate: z
    .boolean()
    .optional()
    .describe(
      "false: run it in the main thread, where no deadline can stop code that blocks; default: in a thread of its own",
    ),
});
type Settings = z.output<typeof Settings>;

const DEFAULT_EXPORT = "Give the module a default export: `export default async (input, context) => answer`.";

function moduleMistake(file: string, problem: string, fix: string, cause?: unknown): SettingMistake {
  return new SettingMistake(
    ["file"],
    {
      code: "EVALS_MODULE",
      what: `The module ${file} cannot be used: ${oneLine(problem)}`,
      why: "Every trial of this model calls the module.",
      fix,
    },
    { cause },
  );
}

async function openAgent({ file, isolate }: Settings, host: ProviderHost) {
  refuseCode(host.env, `The module ${file}`);
  try {
    const files = moduleFiles(host.root, file);
    const { root, env, clean, modules: events } = host;
    return { files, agent: await openUserModule({ root, file, env, clean, events }, isolate ?? true) };
  } catch (error) {
    if (error instanceof UnusableModule && error.why === "no-function")
      throw moduleMistake(file, "its default export is not a function.", DEFAULT_EXPORT, error);
    const message = error instanceof Error ? error.message : String(error);
    throw moduleMistake(
      file,
      message,
      "Correct the module, or the file that it imports, so that the import succeeds.",
      error,
    );
  }
}

/** Converts the result of a call to a reply. */
function replyOf(
  { outcome, waited_ms }: CalledOnce,
  { file, timeout_ms, readTrace }: { file: string; timeout_ms: number; readTrace: TraceReader },
): Reply {
  const failed = (error: "tool" | "provider", message: string): FailedReply => ({
    kind: "failed",
    error,
    message: oneLine(message),
    transient: false,
  });
  switch (outcome.kind) {
    case "returned": {
      const reply = readGivenAnswer(JSON.parse(outcome.json), file, readTrace);
      return reply.kind === "answered" ? { ...reply, waited_ms } : reply;
    }
    case "odd":
      return { ...failed("tool", `${file} returned ${outcome.what}`), may_be_billed: true };
    case "threw":
      return failed(outcome.plain ? "provider" : "tool", `${file} threw ${outcome.named}`);
    case "ended":
      return { ...failed("tool", `${file} ${outcome.how}`), may_be_billed: true };
    case "timeout":
      return abortedReply(AbortSignal.abort(deadlineError(timeout_ms)));
    case "aborted":
      return abortedReply(AbortSignal.abort());
    default:
      return outcome satisfies never;
  }
}

async function openModule(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  const { file } = settings;
  const readTrace = await loadTraceReader();
  const { agent, files } = await openAgent(settings, host);
  const redact = redactor(
    Object.entries(host.env).flatMap(([name, value]) =>
      /KEY|TOKEN|SECRET|PASSWORD/i.test(name) ? [value] : [],
    ),
  );

  const send = async (
    { case_id, input, messages }: Question,
    trial: number,
    signal: AbortSignal,
  ): Promise<Reply> => {
    const context = { case: case_id, trial, messages, config: settings.config };
    const call = {
      form: "agent",
      input: JSON.stringify(input),
      context: JSON.stringify(context),
    } as const;
    const reply = replyOf(await agent.call(call, host.timeout_ms, signal), {
      file,
      timeout_ms: host.timeout_ms,
      readTrace,
    });
    if (reply.kind === "answered") return reply;
    return signal.aborted ? abortedReply(signal) : { ...reply, message: redact(reply.message) };
  };

  return {
    client: {
      keepsDeadline: true,
      prepare: (question) => ({
        case: question.case_id,
        input: question.input,
        messages: question.messages as Json,
      }),
      send: (_request, question, trial, signal) => send(question, trial, signal),
      close: () => agent.close(),
    },
    identity: {
      provider: "module",
      file,
      files: fileHashes(host.root, files),
      ...(settings.config !== undefined && { config: settings.config as Json }),
      ...(settings.version !== undefined && { version: settings.version }),
      ...(settings.context !== undefined && { context: settings.context as Json }),
    },
    label: file,
    files,
    cacheable: settings.version !== undefined,
    price: settings.price ?? null,
    tells_cost: true,
  };
}

export const moduleProvider: ProviderDefinition<Settings> = {
  kind: "module",
  about: "A function in your repository: (input, context) => answer",
  settings: Settings,
  prompt: "optional",
  open: openModule,
};
