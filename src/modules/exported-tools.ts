import { nearest } from "../domain/did-you-mean.ts";
import { readReturned } from "./returned-value.ts";
import { errorText, isRecord } from "./tool-words.ts";
import { isThenable, type UserFunction } from "./user-function.ts";

/** A tool as described by its module. */
export interface DescribedTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly parameters: unknown;
  /** Whether the tool only reads, so that a call changes nothing. */
  readonly reads: boolean;
  /** The module that exports the tool. */
  readonly file: string;
}

/** A request to the modules that contain a suite's tools. A session is one trial with its own state. */
export type ToolAsk =
  | { readonly act: "describe" }
  /** Begins a session. State and case are JSON text. */
  | {
      readonly act: "open";
      readonly session: string;
      readonly state: string;
      readonly case: string;
      readonly trial: number;
    }
  | { readonly act: "call"; readonly session: string; readonly tool: string; readonly arguments: unknown }
  | { readonly act: "close"; readonly session: string };

/**
 * The reply of the modules to a `ToolAsk`. Values are JSON text, made when the call returned, because a tool may
 * change the object later.
 */
export type ToolReply =
  | { readonly tools: readonly DescribedTool[]; readonly mistakes: readonly string[] }
  | { readonly json: string }
  | { readonly error: string }
  /** The session is unknown: the thread with its state has ended. */
  | { readonly unknown_session: true };

interface Tool extends DescribedTool {
  readonly run: UserFunction;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const NO_ARGUMENTS = { type: "object", properties: {} };

/** The tools that a module exports, and the mistakes in them. */
function toolsOf(file: string, exported: unknown): { readonly tools: Tool[]; readonly mistakes: string[] } {
  if (!isRecord(exported))
    return { tools: [], mistakes: [`${file}: its default export is not an object of tools`] };
  const tools: Tool[] = [];
  const mistakes: string[] = [];
  for (const [name, tool] of Object.entries(exported)) {
    const wrong = mistakeOf(name, tool);
    if (wrong !== undefined) mistakes.push(`${file}: the tool "${name}" ${wrong}`);
    else tools.push({ ...readTool(tool as Record<string, unknown>), name, file });
  }
  return { tools, mistakes };
}

const MEMBERS = ["description", "parameters", "reads", "run"];

/**
 * What is wrong with a tool that has a misspelt member: the member's name is nearly that of a missing member.
 * Undefined when none is misspelt. Other unknown members are allowed, because frameworks add members of their
 * own.
 */
function misspelt(tool: Record<string, unknown>): string | undefined {
  const missing = MEMBERS.filter((one) => !(one in tool));
  for (const member of Object.keys(tool)) {
    const meant = MEMBERS.includes(member) ? undefined : nearest(member, missing);
    if (meant !== undefined) return `has "${member}", which would be ignored: rename it to ${meant}`;
  }
  return undefined;
}

function mistakeOf(name: string, tool: unknown): string | undefined {
  if (!NAME.test(name)) return "has a name that models cannot call: use at most 64 letters, digits, - and _";
  if (!isRecord(tool)) return "is not an object";
  const other = misspelt(tool);
  if (other !== undefined) return other;
  if (typeof tool.run !== "function") return "has no function run(arguments, context)";
  if (tool.description !== undefined && typeof tool.description !== "string")
    return "has a description that is not a text";
  if (tool.parameters !== undefined && !isRecord(tool.parameters))
    return "has parameters that are not a JSON Schema of an object";
  const type = tool.parameters?.type;
  if (type !== undefined && ![type].flat().includes("object"))
    return `has parameters of the type ${JSON.stringify(type)}: a tool is called with an "object"`;
  if (tool.reads !== undefined && typeof tool.reads !== "boolean")
    return 'has a "reads" that is neither true nor false';
  return undefined;
}

function readTool(tool: Record<string, unknown>) {
  const { description, parameters, reads, run } = tool;
  return {
    description: typeof description === "string" ? description : "",
    parameters: parameters ?? NO_ARGUMENTS,
    reads: reads === true,
    // Bound to its tool, because `run` may be a method that uses `this`.
    run: (run as UserFunction).bind(tool),
  };
}

/**
 * One function that answers every `ToolAsk` with the tools of several modules. The tools share a trial's state,
 * so that one tool sees what another has done.
 */
export function exportedTools(
  modules: readonly { readonly file: string; readonly exports: { readonly default?: unknown } }[],
): UserFunction {
  const read = modules.map(({ file, exports }) => toolsOf(file, exports.default));
  const all = read.flatMap((one) => one.tools);
  const tools = new Map(all.map((one) => [one.name, one]));
  const twice = all.filter((one) => tools.get(one.name) !== one);
  const mistakes = [
    ...read.flatMap((one) => one.mistakes),
    ...twice.map(({ name, file }) => `${file}: the tool "${name}" is also in ${tools.get(name)?.file}`),
  ];
  const sessions = new Map<string, Session>();
  return (given, beside): ToolReply | Promise<ToolReply> => {
    const ask = given as ToolAsk;
    switch (ask.act) {
      case "describe":
        return { tools: all.map(({ run: _, ...described }) => described), mistakes };
      case "open":
        sessions.set(ask.session, { state: JSON.parse(ask.state), case: ask.case, trial: ask.trial });
        return { json: "null" };
      case "close": {
        const session = sessions.get(ask.session);
        sessions.delete(ask.session);
        return session === undefined ? { unknown_session: true } : readState(session.state);
      }
      default: {
        const session = sessions.get(ask.session);
        const tool = tools.get(ask.tool);
        if (session === undefined) return { unknown_session: true };
        if (tool === undefined) return { error: `there is no tool "${ask.tool}"` };
        return callTool(tool.run, ask, contextOf(session, beside as WithSignal));
      }
    }
  };
}

/** A session of the tools: one trial, with the state that its tool calls share. */
interface Session {
  readonly state: unknown;
  /** JSON text. */
  readonly case: string;
  readonly trial: number;
}

interface WithSignal {
  readonly signal: AbortSignal;
}

/**
 * The second argument of a tool: state, case, trial and signal. The case is a new copy for each call. Case and
 * signal are made only when the tool reads them, because few tools do and the case may be long.
 */
function contextOf({ state, case: text, trial }: Session, beside: WithSignal): object {
  let golden: unknown;
  return {
    state,
    get case() {
      golden ??= JSON.parse(text);
      return golden;
    },
    trial,
    get signal() {
      return beside.signal;
    },
  };
}

function callTool(
  run: UserFunction,
  ask: { readonly arguments: unknown },
  context: object,
): ToolReply | Promise<ToolReply> {
  try {
    const value = run(ask.arguments, context);
    return isThenable(value)
      ? Promise.resolve(value).then(readResult, (error: unknown) => ({ error: errorText(error) }))
      : readResult(value);
  } catch (error) {
    return { error: errorText(error) };
  }
}

/** The reply for what a tool returned. `undefined` becomes null, because many tools return nothing. */
function readResult(value: unknown): ToolReply {
  if (value === undefined) return { json: "null" };
  const read = readReturned(value);
  return read.kind === "json" ? { json: read.text } : { error: `the tool returned ${read.what}` };
}

function readState(value: unknown): ToolReply {
  const read = readReturned(value);
  return read.kind === "json" ? { json: read.text } : { error: `the state is ${read.what}` };
}
