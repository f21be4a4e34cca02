import type { AgentSettings, ToolSource, UserSettings } from "../domain/agent-settings.ts";
import type { Case } from "../domain/case.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { hashJson, type Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import type { ModuleEvents } from "../domain/module-events.ts";
import { type PersonFault, playedBy } from "../domain/person-fault.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { Client, Conversing, OpenTarget, Question, Reply } from "../domain/provider.ts";
import type { Transcript } from "../domain/transcript.ts";
import { writtenTurns } from "../domain/written-turns.ts";
import { fileHashes, moduleFiles } from "../modules/module-files.ts";
import { cleanClient } from "../providers/clean-reply.ts";
import { clientWithSend } from "../providers/client-with-send.ts";
import { environmentIdentity, fillEnvironment } from "../providers/environment-values.ts";
import { type AgentParts, type CallClock, Conversation, type ConversationParts } from "./conversation.ts";
import { type ModuleTools, openModuleTools } from "./module-tools.ts";
import { findPersonFault } from "./person-faults.ts";
import { timedCalls } from "./timed-call.ts";
import type { OfferedTool, ToolProvider } from "./trial-tools.ts";

/** What the suite says of its conversations, with what it names found. */
export interface ConversingSettings {
  readonly agent: AgentSettings | undefined;
  readonly user: UserSettings | undefined;
  /** Who plays the person; null where nobody does. */
  readonly person: {
    readonly alias: string;
    readonly target: OpenTarget;
    /** All that decides what it says beside what it hears. */
    readonly identity: Json;
    /** `users/impatient@1.2.0`. */
    readonly prompt: string;
    guide(golden: Case): readonly Message[];
  } | null;
}

/** The outside, as tools may use it. */
export interface ConversingHost {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clean?: ((text: string) => string) | undefined;
  readonly modules?: ModuleEvents | undefined;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** A trial begins again, through no fault of its own, so many times at most. */
const MAX_BEGINNINGS = 4;

/**
 * A target whose trials are conversations: its client prepares a trial and sends one call of it.
 * @throws {SettingMistake} at its place in the suite
 */
export async function openConversing(
  target: OpenTarget,
  settings: ConversingSettings,
  host: ConversingHost,
): Promise<OpenTarget> {
  const { agent, user, person } = settings;
  if (agent !== undefined) checkModel(target, agent);
  const opened = agent === undefined ? null : await openAgent(agent, host);
  const { client } = target;
  const clocks = new WeakMap<Question, CallClock>();
  const turnsAt = user?.turns;
  const parts: ConversationParts = {
    prepare: (question) => client.prepare(question),
    agent: opened,
    turns: turnsAt === undefined ? null : ({ input }) => writtenTurns(turnsAt, input) ?? [],
    played:
      person === null
        ? null
        : {
            guide: person.guide,
            max_turns: user?.max_turns ?? 1,
            prepare: (question) => person.target.client.prepare(question),
          },
    clocks,
  };
  const specs = opened?.offered.map(({ reads: _, ...spec }) => spec) ?? [];
  const played = person === null ? undefined : { identity: person.identity, max_turns: user?.max_turns ?? 1 };
  const conversing: Conversing = {
    person: person && { ...person, faultIn: faultsOf(person.guide) },
    ...(played === undefined ? {} : { played_by: hashJson({ ...played, prompt: person?.prompt ?? "" }) }),
    client: (dependencies) => {
      const held = clientWithSend(client, (_request, question, trial, signal) =>
        holdConversation(question, (golden) =>
          new Conversation(parts, dependencies, { golden, question, trial, signal }).hold(),
        ),
      );
      // What tools say is in nobody's reply but ours.
      return host.clean === undefined ? held : cleanClient(held, host.clean);
    },
  };
  return {
    ...target,
    client: {
      ...clientWithSend(client, timedCalls(client, clocks, host.now)),
      prepare: (question) => prepareTrial(client, question, { settings, specs, turnsAt }),
      close: async () => {
        await Promise.all([client.close(), opened?.close(), person?.target.client.close()]);
      },
    },
    identity: {
      ...(target.identity as object),
      ...(agent === undefined ? {} : { agent: identityOfAgent(agent, host) }),
      ...(user === undefined ? {} : { user: turnsAt === undefined ? (played as Json) : { turns: turnsAt } }),
    } as Json,
    files: [...target.files, ...(agent === undefined ? [] : filesOf(agent, host.root))],
    cacheable:
      target.cacheable &&
      (person?.target.cacheable ?? true) &&
      (agent?.tools ?? []).every((one) => typeof one === "string" || one.mcp.version !== undefined),
    ...(target.client.immediate === true ? {} : { conversing }),
  };
}

function faultsOf(guide: (golden: Case) => readonly Message[]) {
  return (golden: Case, transcript: Transcript): PersonFault | undefined =>
    findPersonFault({ ...golden, transcript, speaker: playedBy(guide(golden)) });
}

async function holdConversation(
  question: Question,
  hold: (golden: Case) => Promise<Reply | "begin-again">,
): Promise<Reply> {
  const golden = question.golden ?? { id: question.case_id, input: question.input, tags: [], metadata: {} };
  for (let beginning = 0; beginning < MAX_BEGINNINGS; beginning++) {
    const reply = await hold(golden);
    if (reply !== "begin-again") return reply;
  }
  return {
    kind: "failed",
    error: "tool",
    message: `the state of its tools was lost ${MAX_BEGINNINGS} times, each time through another trial`,
    transient: false,
  };
}

/** The first call, with all else that decides how the trial goes on: this is what an answer is found by. */
function prepareTrial(
  client: Client,
  question: Question,
  {
    settings: { agent, person },
    specs,
    turnsAt,
  }: {
    readonly settings: ConversingSettings;
    readonly specs: Question["tools"] & object;
    readonly turnsAt: string | undefined;
  },
) {
  const { after, say, tool_result } = question.pressure ?? {};
  const written = turnsAt === undefined ? undefined : writtenTurns(turnsAt, question.input);
  const turns = say === undefined ? written : [{ say }];
  const before = after === undefined ? question.messages : after.messages;
  const first = turns?.[0] === undefined ? [] : [{ role: "user", content: turns[0].say } as const];
  const messages = before === null && first.length === 0 ? null : [...(before ?? []), ...first];
  const prepared = client.prepare({ ...question, messages, ...(specs.length > 0 ? { tools: specs } : {}) });
  const { golden } = question;
  const state =
    agent === undefined || question.input === null || typeof question.input !== "object"
      ? undefined
      : (question.input as { readonly state?: Json }).state;
  return {
    ...prepared,
    conversation: {
      ...(turns === undefined ? {} : { turns: turns.map(({ say }) => say) }),
      ...(state === undefined ? {} : { state }),
      ...(tool_result === undefined ? {} : { tool_result }),
      ...(person === null || golden === undefined || say !== undefined
        ? {}
        : { person: person.guide(golden) as unknown as Json }),
    },
  };
}

function checkModel(target: OpenTarget, { limits }: AgentSettings): void {
  if (target.client.takesTools !== true)
    throw new SettingMistake(["agent"], {
      code: "EVALS_AGENT_MODEL",
      what: `agent: puts a turn loop around a chat model, and ${target.label} is none.`,
      why: "An application runs its own tools and its own loop; two loops would ask it for something it does not know.",
      fix: "Name a chat model (openai, anthropic, or a recording of one), or delete agent:.",
    });
  if (limits.usd !== undefined && target.price === null && target.client.immediate !== true)
    throw new SettingMistake(["agent", "limits", "usd"], {
      code: "EVALS_AGENT_PRICE",
      what: `The agent is to stop at ${limits.usd} dollars, and nobody knows what ${target.label} costs.`,
      why: "Without a price the limit would never be reached, however much was spent.",
      fix: "Give the model a price in evalconfig.yaml: price: { input: …, output: … }",
    });
}

interface OpenedAgent extends AgentParts {
  /** Of its modules: what servers offer is known once they are connected to. */
  readonly offered: readonly OfferedTool[];
  close(): Promise<void>;
}

const modulesIn = (tools: readonly ToolSource[]): string[] =>
  tools.flatMap((one) => (typeof one === "string" ? [one] : []));

async function openAgent(
  { tools, allow, limits }: AgentSettings,
  host: ConversingHost,
): Promise<OpenedAgent> {
  const modules = await openModules(tools, host);
  const providers: ToolProvider[] = modules === null ? [] : [modules];
  try {
    for (const [index, source] of tools.entries())
      if (typeof source !== "string") providers.push(await openServer(source.mcp, index, host));
    const offered = modules?.offered ?? [];
    checkAllowed(allow, offered, providers.length > (modules === null ? 0 : 1));
    return {
      limits,
      allow,
      providers,
      offered: offered.filter((one) => allow?.includes(one.name) ?? true),
      close: async () => {
        await Promise.all(providers.map((one) => one.close()));
      },
    };
  } catch (error) {
    await modules?.close();
    throw error;
  }
}

async function openModules(
  tools: readonly ToolSource[],
  { root, env, clean, modules: events }: ConversingHost,
): Promise<ModuleTools | null> {
  const files = modulesIn(tools);
  const [first] = files;
  if (first === undefined) return null;
  const place = (file: string): (string | number)[] => ["agent", "tools", Math.max(0, tools.indexOf(file))];
  for (const file of files) {
    try {
      moduleFiles(root, file);
    } catch (error) {
      throw unusable(file, error, place(file));
    }
  }
  let opened: ModuleTools;
  try {
    opened = await openModuleTools(files, { root, env, clean, events });
  } catch (error) {
    throw unusable(files.join(", "), error, place(first));
  }
  const [mistake] = opened.mistakes;
  if (mistake === undefined) return opened;
  await opened.close();
  const file = files.find((one) => mistake.startsWith(`${one}:`)) ?? first;
  throw unusable(file, opened.mistakes.map((one) => one.replace(`${file}: `, "")).join("; "), place(file));
}

function unusable(file: string, error: unknown, at: readonly (string | number)[]): SettingMistake {
  const message = error instanceof Error ? error.message : String(error);
  return new SettingMistake(
    at,
    {
      code: "EVALS_AGENT_TOOLS",
      what: `The tools of ${file} cannot be used: ${message.replaceAll("\n", " ")}`,
      why: "The agent would be offered none of them.",
      fix: "export default { name: { description, parameters, run(args, { state }) { … } } }",
    },
    { cause: error },
  );
}

async function openServer(
  server: Exclude<ToolSource, string>["mcp"],
  index: number,
  { root, env }: ConversingHost,
): Promise<ToolProvider> {
  const headers = fillEnvironment(server.headers ?? {}, env);
  if (headers.kind === "unset")
    throw new SettingMistake(["agent", "tools", index, "mcp", "headers"], {
      code: "EVALS_ENV_UNSET",
      what: `${headers.names.join(", ")} is not set.`,
      why: "The server would be asked without the header that it wants.",
      fix: `export ${headers.names[0] ?? "NAME"}=…        (or a line in .env)`,
    });
  const { mcpTools } = await import("./mcp-tools.ts");
  return mcpTools(server, { root, env, headers: headers.values });
}

function checkAllowed(
  allow: readonly string[] | undefined,
  offered: readonly OfferedTool[],
  hasServers: boolean,
): void {
  // What a server offers is known once it is connected to.
  if (allow === undefined || hasServers) return;
  const names = offered.map((one) => one.name);
  for (const [index, name] of allow.entries()) {
    if (names.includes(name)) continue;
    throw new SettingMistake(["agent", "allow", index], {
      code: "EVALS_AGENT_ALLOW",
      what: `There is no tool "${name}".${didYouMean(name, names)}`,
      why: "The agent would be offered fewer tools than the suite says.",
      fix: `allow: [${nearest(name, names) ?? names[0] ?? "<name>"}]        (tools there are: ${names.join(", ") || "none"})`,
    });
  }
}

function filesOf({ tools }: AgentSettings, root: string): string[] {
  return [...new Set(modulesIn(tools).flatMap((file) => moduleFiles(root, file)))];
}

function identityOfAgent(agent: AgentSettings, { root, env }: ConversingHost): Json {
  const { tools, allow, limits } = agent;
  return {
    tools: tools.map((source) => {
      if (typeof source === "string") return source;
      const { headers = {}, ...server } = source.mcp;
      return { mcp: { ...server, ...environmentIdentity(headers, env, "headers") } };
    }),
    files: fileHashes(root, filesOf(agent, root)),
    ...(allow === undefined ? {} : { allow }),
    limits,
  } as unknown as Json;
}
