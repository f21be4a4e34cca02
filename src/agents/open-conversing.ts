import { type AgentSettings, DEFAULT_MAX_TURNS, type UserSettings } from "../domain/agent-settings.ts";
import type { Case } from "../domain/case.ts";
import { hashJson, type Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { type PersonFault, playedBy } from "../domain/person-fault.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { CallRange, Client, Conversing, OpenTarget, Question, Reply } from "../domain/provider.ts";
import type { Transcript } from "../domain/transcript.ts";
import { writtenTurns } from "../domain/written-turns.ts";
import { cleanClient } from "../providers/clean-reply.ts";
import { clientWithSend } from "../providers/client-with-send.ts";
import { Conversation, type ConversationParts } from "./conversation.ts";
import { type OpenedAgent, openAgent, type ToolHost } from "./open-tools.ts";
import { findPersonFault } from "./person-faults.ts";
import { openToolBox } from "./tool-box.ts";

/** The suite's conversation settings, with the files they name loaded. */
export interface ConversingSettings {
  readonly agent: AgentSettings | undefined;
  readonly user: UserSettings | undefined;
  /** The simulated user; null when there is none. */
  readonly person: {
    readonly alias: string;
    readonly target: OpenTarget;
    /** Everything that determines the user's messages besides the conversation. */
    readonly identity: Json;
    /** For instance `users/impatient@1.2.0`. */
    readonly prompt: string;
    guide(golden: Case): readonly Message[];
  } | null;
}

/** Maximum number of times a trial is started, when other trials end the thread that holds its tools' state. */
const MAX_BEGINNINGS = 4;

/**
 * A target whose trials are conversations. The `prepare` of its client prepares a whole trial, and `send` sends one
 * call. The client that `conversing.client` makes holds the whole conversation of a trial.
 *
 * @throws {SettingMistake} at its location in the suite
 */
export async function openConversing(
  target: OpenTarget,
  settings: ConversingSettings,
  host: ToolHost,
): Promise<OpenTarget> {
  const { agent, user, person } = settings;
  if (agent !== undefined) checkModel(target, agent);
  const opened = agent === undefined ? null : await openAgent(agent, host);
  const { client } = target;
  const turnsAt = user?.turns;
  const max_turns = user?.max_turns ?? DEFAULT_MAX_TURNS;
  const parts: ConversationParts = {
    prepare: (question) => client.prepare(question),
    agent: opened,
    turns: turnsAt === undefined ? null : ({ input }) => writtenTurns(turnsAt, input) ?? [],
    played:
      person === null
        ? null
        : {
            guide: person.guide,
            max_turns,
            prepare: (question) => person.target.client.prepare(question),
          },
  };
  const played = person === null ? undefined : { identity: person.identity, max_turns };
  const conversing: Conversing = {
    callsOf: (golden) => callsOf(parts, golden),
    person: person && { ...person, faultIn: faultsOf(person.guide) },
    ...(played === undefined ? {} : { played_by: hashJson({ ...played, prompt: person?.prompt ?? "" }) }),
    ...(opened === null || opened.frozen ? {} : { offered: () => offeredBy(opened) }),
    client: (dependencies) => {
      const held = clientWithSend(client, (_request, question, trial, signal) =>
        holdConversation(question, (golden) =>
          new Conversation(parts, dependencies, { golden, question, trial, signal }).hold(),
        ),
      );
      // Secrets are removed here and not from the reply of each model call: tool results, which may contain secrets, are
      // only in the reply that the whole conversation becomes.
      return host.clean === undefined ? held : cleanClient(held, host.clean);
    },
  };
  return {
    ...target,
    client: {
      ...clientWithSend(client, client.send),
      prepare: (question) => prepareTrial(client, question, { settings, opened, turnsAt }),
      close: async () => {
        await Promise.all([client.close(), opened?.close(), person?.target.client.close()]);
      },
    },
    identity: {
      ...(target.identity as object),
      ...(opened === null ? {} : { agent: opened.identity }),
      ...(user === undefined ? {} : { user: turnsAt === undefined ? (played as Json) : { turns: turnsAt } }),
    } as Json,
    files: [...target.files, ...(opened?.files ?? [])],
    ...(opened === null ? {} : { tools: opened.known }),
    cacheable: target.cacheable && (person?.target.cacheable ?? true) && (opened?.reusable ?? true),
    ...(target.client.immediate === true ? {} : { conversing }),
  };
}

/** See `Conversing.callsOf`. A simulated user writes a message before each turn of the target. */
function callsOf({ agent, turns, played }: ConversationParts, golden: Case): CallRange {
  const written = turns === null ? 1 : turns(golden).length;
  const ofTarget = {
    least: agent === null ? written : Math.min(written, agent.limits.steps),
    most: agent?.limits.steps ?? (played === null ? written : played.max_turns),
  };
  return played === null ? ofTarget : { least: ofTarget.least + 1, most: ofTarget.most + played.max_turns };
}

/** The tools that every trial has, including those of servers. To list them, they are opened with an empty case. */
async function offeredBy({ providers, allow }: OpenedAgent): ReturnType<NonNullable<Conversing["offered"]>> {
  const golden: Case = { id: "", input: null, tags: [], metadata: {} };
  const signal = new AbortController().signal;
  const box = await openToolBox(providers, allow, { golden, trial: 1, before: [], signal });
  if ("kind" in box) return { kind: "lost", message: box.message };
  await box.leave();
  return { kind: "offered", tools: box.offered };
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
    message: `the state of the trial's tools was lost ${MAX_BEGINNINGS} times, each time because another trial ended their thread`,
    transient: false,
  };
}

/**
 * Prepares the request of the first call, together with everything that determines how the trial continues. The two
 * form the cache key of the trial's answer.
 */
function prepareTrial(
  client: Client,
  question: Question,
  {
    settings: { agent, person },
    opened,
    turnsAt,
  }: {
    readonly settings: ConversingSettings;
    readonly opened: OpenedAgent | null;
    readonly turnsAt: string | undefined;
  },
) {
  const { after, say, tool_result } = question.pressure ?? {};
  const written = turnsAt === undefined ? undefined : writtenTurns(turnsAt, question.input);
  const turns = say === undefined ? written : [{ say }];
  const before = after === undefined ? question.messages : after.messages;
  const first = turns?.[0] === undefined ? [] : [{ role: "user", content: turns[0].say } as const];
  const messages = before === null && first.length === 0 ? null : [...(before ?? []), ...first];
  const specs = opened?.offered.map(({ reads: _, ...spec }) => spec) ?? [];
  const prepared = client.prepare({ ...question, messages, ...(specs.length > 0 ? { tools: specs } : {}) });
  const recorded = opened?.recordedFor(question.case_id);
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
      ...(recorded === undefined ? {} : { recorded }),
      ...(person === null || golden === undefined || say !== undefined
        ? {}
        : { person: person.guide(golden) as unknown as Json }),
    },
  };
}

function checkModel(target: OpenTarget, { limits }: AgentSettings): void {
  if (target.client.takesTools !== true)
    throw new SettingMistake(
      ["agent"],
      target.client.available === undefined ? notChat(target.label) : madeElsewhere(target.label),
    );
  if (limits.usd !== undefined && target.price === null && target.client.immediate !== true)
    throw new SettingMistake(["agent", "limits", "usd"], {
      code: "EVALS_AGENT_PRICE",
      what: `The agent is to stop at ${limits.usd} dollars, and the price of ${target.label} is not known.`,
      why: "Without a price the limit would never be reached, however much was spent.",
      fix: "Give the model a price in evalconfig.yaml: price: { input: …, output: … }",
    });
}

function notChat(label: string): SettingMistake["problem"] {
  return {
    code: "EVALS_AGENT_MODEL",
    what: `\`agent:\` runs the tools of a chat model, and ${label} is not a chat model.`,
    why: "An application runs its own tools and ends its own loop. It does not ask the caller to run a tool.",
    fix: "Name a chat model (openai, anthropic, or a recording of one), or delete `agent:`.",
  };
}

function madeElsewhere(label: string): SettingMistake["problem"] {
  return {
    code: "EVALS_AGENT_MODEL",
    what: `\`agent:\` runs the tools of a chat model, and ${label} has answers that were made elsewhere.`,
    why: "Nothing is asked, so no tool would be run and no limit would hold.",
    fix: "Delete `agent:` (scorers read the calls that the file has), or name a chat model.",
  };
}
