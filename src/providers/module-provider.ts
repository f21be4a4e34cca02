import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import type { Json } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { OpenTarget, ProviderDefinition, ProviderHost, Reply } from "../domain/provider.ts";
import type { AgentContext } from "../domain/user-module.ts";
import { loadModule } from "../modules/load-module.ts";
import { fileHashes, moduleFiles } from "../modules/module-files.ts";
import { abortedReply, oneLine } from "./failed-reply.ts";
import { readGivenAnswer } from "./given-answer.ts";
import { redactor } from "./redact.ts";

const Settings = z.strictObject({
  ...modelFrame,
  file: z.string().min(1).describe("JavaScript or TypeScript; its default export is called once a trial"),
  config: z.json().optional().describe("Handed to the module as context.config"),
});
type Settings = z.output<typeof Settings>;

/** An agent as it was loaded: what it returns is not yet believed. */
type LoadedAgent = (input: Json, context: AgentContext) => unknown;

const DEFAULT_EXPORT = "Give it a default export: `export default async (input, context) => answer`.";

function moduleMistake(file: string, problem: string, fix: string, cause?: unknown): SettingMistake {
  return new SettingMistake(
    ["file"],
    {
      code: "EVALS_MODULE",
      what: `The module ${file} cannot be used: ${oneLine(problem)}`,
      why: "Every trial of this model calls it.",
      fix,
    },
    { cause },
  );
}

async function loadAgent(
  root: string,
  file: string,
): Promise<{ agent: LoadedAgent; files: readonly string[] }> {
  try {
    const files = moduleFiles(root, file);
    const agent = (await loadModule(root, file)).default;
    if (typeof agent === "function") return { agent: agent as LoadedAgent, files };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw moduleMistake(file, said, "Mend it, or what it imports; importing it must not fail.", error);
  }
  throw moduleMistake(file, "its default export is not a function.", DEFAULT_EXPORT);
}

/** What `throw` threw, as one line. */
function thrownText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

async function openModule(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  const { file } = settings;
  const { agent, files } = await loadAgent(host.root, file);
  const redact = redactor(
    Object.entries(host.env).flatMap(([name, value]) =>
      /KEY|TOKEN|SECRET|PASSWORD/i.test(name) ? [value] : [],
    ),
  );

  const call = async (input: Json, context: AgentContext): Promise<Reply> => {
    try {
      return readGivenAnswer(await agent(structuredClone(input), context), file);
    } catch (error) {
      if (context.signal.aborted) return abortedReply(context.signal);
      return {
        kind: "failed",
        error: "provider",
        message: oneLine(redact(`${file} threw ${thrownText(error)}`)),
        transient: false,
      };
    }
  };

  return {
    client: {
      prepare: (question) => ({
        case: question.case_id,
        input: question.input,
        messages: question.messages as Json,
      }),
      send: (_request, { case_id, input, messages }, trial, signal) =>
        call(input, { case: case_id, trial, messages, config: settings.config, signal, env: host.env }),
      close: async () => {},
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
