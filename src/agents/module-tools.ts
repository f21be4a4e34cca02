import type { Json } from "../domain/json.ts";
import { refuseCode } from "../domain/no-exec.ts";
import type { OfferedTool, ToolOutcome } from "../domain/tool.ts";
import type { DescribedTool, ToolAsk, ToolReply } from "../modules/exported-tools.ts";
import type { ModuleOptions } from "../modules/thread-pool.ts";
import type { CallOutcome } from "../modules/user-function.ts";
import { openUserModule, type UserModule } from "../modules/user-module.ts";
import {
  initialState,
  type LeftWorld,
  lost,
  noAnswer,
  type ToolProvider,
  type ToolTrial,
  type TrialTools,
} from "./trial-tools.ts";

/**
 * Milliseconds within which the modules must describe their tools, and open or close the state of a trial (a session
 * of the thread). Tool calls have their own time limit.
 */
const ASK_MS = 30_000;

let sessions = 0;

/** Tools exported by modules of the project, run in a worker thread. */
export interface ModuleTools extends ToolProvider {
  readonly offered: readonly OfferedTool[];
  /** What is wrong with the tools; each text begins with its file. */
  readonly mistakes: readonly string[];
}

/**
 * Loads the modules in one thread, so that all of them share the state of a trial.
 *
 * @param files relative to the root; at least one
 * @throws {UnusableModule} when importing one fails
 */
export async function openModuleTools(
  [file = "", ...beside]: readonly string[],
  options: Omit<ModuleOptions, "file" | "beside" | "gives">,
): Promise<ModuleTools> {
  refuseCode(options.env, `The module of tools ${file}`);
  const module = await openUserModule({ ...options, file, beside, gives: "tools" }, true);
  const described = await ask(module, { act: "describe" }, { timeout_ms: ASK_MS, signal: null });
  const { tools = [], mistakes = [] } =
    "tools" in described ? described : { mistakes: [wordsOf(described) ?? "the tools cannot be listed"] };
  const offered = tools.map(
    ({ name, description, parameters, reads }: DescribedTool): OfferedTool => ({
      name,
      description,
      parameters: parameters as Json,
      reads,
    }),
  );
  return {
    offered,
    mistakes,
    open: async (trial) => new ModuleTrial(module, offered, trial),
    close: () => module.close(),
  };
}

/** Why the module did not answer: its thread was lost or its code failed, or the time limit passed. */
type Unanswered = Extract<ToolOutcome, { kind: "lost" }> | { readonly kind: "timeout" };

interface AskBounds {
  readonly timeout_ms: number;
  readonly signal: AbortSignal | null;
}

interface TimedReply {
  readonly reply: ToolReply | Unanswered;
  readonly waited_ms: number;
}

async function timedAsk(module: UserModule, asked: ToolAsk, bounds: AskBounds): Promise<TimedReply> {
  const call = { form: "tools", input: JSON.stringify(asked) } as const;
  const { outcome, waited_ms } = await module.call(call, bounds.timeout_ms, bounds.signal);
  return { reply: replyIn(outcome), waited_ms };
}

async function ask(module: UserModule, asked: ToolAsk, bounds: AskBounds): Promise<ToolReply | Unanswered> {
  return (await timedAsk(module, asked, bounds)).reply;
}

function replyIn(outcome: CallOutcome): ToolReply | Unanswered {
  switch (outcome.kind) {
    case "returned":
      return JSON.parse(outcome.json) as ToolReply;
    case "timeout":
      return { kind: "timeout" };
    case "threw":
      return lost(`the tools threw ${outcome.named}`);
    case "odd":
      return lost(`the tools returned ${outcome.what}`);
    case "ended":
      return lost(`the tools ${outcome.how}`);
    case "aborted":
      return lost("cancelled");
    default:
      return outcome satisfies never;
  }
}

function wordsOf(reply: ToolReply | Unanswered): string | undefined {
  if ("message" in reply) return reply.message;
  return "error" in reply ? reply.error : undefined;
}

/** The modules' tools in one trial. The trial's state is created from the case before the first call. */
class ModuleTrial implements TrialTools {
  readonly offered: readonly OfferedTool[];
  readonly #module: UserModule;
  readonly #trial: ToolTrial;
  #session: string | undefined;
  #opening: Promise<TimedReply> | undefined;
  /** Whether a call timed out. A timeout kills a blocked thread, and the state of the trial is lost with it. */
  #held = false;

  constructor(module: UserModule, offered: readonly OfferedTool[], trial: ToolTrial) {
    this.#module = module;
    this.offered = offered;
    this.#trial = trial;
  }

  async call(
    tool: string,
    given: Readonly<Record<string, Json>>,
    bounds: { readonly timeout_ms: number; readonly signal: AbortSignal },
  ): Promise<ToolOutcome> {
    const { reply: opened, waited_ms: openedAfter } = await this.#open();
    if ("kind" in opened) return opened.kind === "lost" ? opened : lost("the tools did not start in time");
    const { reply, waited_ms: calledAfter } = await timedAsk(
      this.#module,
      { act: "call", session: this.#session ?? "", tool, arguments: given },
      bounds,
    );
    const waited_ms = openedAfter + calledAfter;
    if ("kind" in reply) {
      if (reply.kind === "lost") return reply;
      this.#held = true;
      return { kind: "error", message: noAnswer(bounds), timed_out: true, waited_ms };
    }
    if ("unknown_session" in reply) return { kind: "begin-again" };
    if ("error" in reply) return { kind: "error", message: reply.error, waited_ms };
    return { kind: "result", value: "json" in reply ? (JSON.parse(reply.json) as Json) : null, waited_ms };
  }

  async leave(): Promise<LeftWorld> {
    if (this.#session === undefined)
      return { kind: "left", state: structuredClone(initialState(this.#trial.golden)) };
    const reply = await ask(
      this.#module,
      { act: "close", session: this.#session },
      { timeout_ms: ASK_MS, signal: null },
    );
    if ("json" in reply) return { kind: "left", state: JSON.parse(reply.json) as Json };
    if ("unknown_session" in reply)
      return this.#held ? { kind: "left", state: undefined } : { kind: "begin-again" };
    if (this.#held) return { kind: "left", state: undefined };
    return lost(wordsOf(reply) ?? "the state could not be read");
  }

  #open(): Promise<TimedReply> {
    const { golden, trial } = this.#trial;
    const { id, input, tags, metadata } = golden;
    this.#session ??= `${++sessions}`;
    this.#opening ??= timedAsk(
      this.#module,
      {
        act: "open",
        session: this.#session,
        state: JSON.stringify(initialState(golden)),
        case: JSON.stringify({ id, input, tags, metadata }),
        trial,
      },
      { timeout_ms: ASK_MS, signal: this.#trial.signal },
    );
    return this.#opening;
  }
}
