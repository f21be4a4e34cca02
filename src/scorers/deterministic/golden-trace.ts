import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Case } from "../../domain/case.ts";
import { membersIn } from "../../domain/found-documents.ts";
import { type GoldenTrace, TRACES, traceFile, traceOf } from "../../domain/golden-trace.ts";
import { type Json, sha256 } from "../../domain/json.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { repositoryPath } from "../../modules/repository-path.ts";
import { defineScorer, type Judgement } from "../define-scorer.ts";
import { callOptions, callsOperand, checkReads } from "../frame/call-options.ts";
import { compareCalls } from "../frame/compare-calls.ts";
import { toolsOfOptions } from "../frame/named-tools.ts";
import { readStructuredFile } from "../frame/repository-file.ts";
import { OperandMistake, outsideRepository } from "../frame/scorer-mistakes.ts";
import { knownCalls, wholeTranscript } from "../frame/whole-transcript.ts";

const TRACE = {
  "fixtures/traces/case-1.json":
    '{"calls": [{"turn": 1, "name": "find_order", "arguments": {"id": "A-7"}}, {"turn": 2, "name": "refund", "arguments": {"id": "A-7"}}], "turns": 2}',
};
const user = (content: string) => ({ role: "user" as const, content });
const call = (name: string, id: string) => ({
  role: "assistant" as const,
  content: null,
  tool_calls: [{ id: name, name, arguments: { id } }],
});
const calls = (...names: readonly string[]) => names.map((name) => ({ name, arguments: { id: "A-7" } }));

type Place = readonly (string | number)[];

/**
 * Reads all traces of a folder into a map by file name, sorted. All of them are read when the scorer is opened,
 * because the scorer's identity contains the hash of each.
 */
function tracesIn(root: string, directory: string): ReadonlyMap<string, string> {
  let place: string;
  try {
    place = repositoryPath(root, directory);
  } catch {
    throw outsideRepository(["directory"], directory);
  }
  const names = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith(".json")) : [];
  return new Map(names.sort().map((name) => [name, readFileSync(join(place, name), "utf8")]));
}

function readTrace(root: string, path: string, at: Place): GoldenTrace {
  const value = readStructuredFile(root, path, at) as Json;
  const { turns, calls: listed } = membersIn(value);
  const made = callsOperand((listed ?? null) as Json);
  const places = Array.isArray(listed) ? listed.map((one) => membersIn(one).turn) : [];
  return {
    turns: typeof turns === "number" ? turns : null,
    calls: made.map(({ name, arguments: asked }, index) => {
      const turn = places[index];
      return { name, arguments: asked ?? {}, turn: typeof turn === "number" ? turn : null };
    }),
  };
}

/** Line and column, from 1, at which the text of a trace names a tool for the first time. */
function placeIn(text: string, tool: string): { line: number; column: number } {
  const before = text.slice(0, Math.max(0, text.indexOf(JSON.stringify(tool)))).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

/**
 * The judgement when the calls are right, but a call is in another turn or the number of turns differs; undefined when
 * the turns agree.
 */
function otherTurn(golden: GoldenTrace, made: GoldenTrace): Judgement | undefined {
  const all = Math.max(golden.calls.length, 1);
  const paired = golden.calls.length === made.calls.length;
  const moved = golden.calls.flatMap(({ turn, name }, at) => {
    const other = made.calls[at];
    const isSame = other === undefined || turn === null || other.turn === null || other.turn === turn;
    return isSame || other.name !== name ? [] : [{ at, name, turn, other: other.turn }];
  });
  const [first] = moved;
  if (paired && first !== undefined)
    return {
      score: (all - moved.length) / all,
      pass: false,
      reason: `call ${first.at + 1}, ${first.name}, was made in turn ${first.other}, and not in turn ${first.turn}`,
      fault: { class: "orchestration", tool: first.name },
    };
  if (golden.turns === null || made.turns === null || golden.turns === made.turns) return undefined;
  return {
    score: Math.min(golden.turns, made.turns) / Math.max(golden.turns, made.turns),
    pass: false,
    reason: `the calls are the same, in ${made.turns} turns and not in ${golden.turns}`,
    fault: { class: "orchestration" },
  };
}

export const goldenTrace = defineScorer({
  type: "golden-trace",
  about:
    "The trial made the same tool calls in the same turns as a recorded trial. `evals record-trace RUN/CASE/TRIAL` writes the trace of a passing trial to `fixtures/traces/CASE.json`. Calls are paired as by `tool-calls`; the reason names the first difference.",
  reads: "whole",
  options: {
    directory: z.string().min(1).default(TRACES).describe("Folder of the recorded traces"),
    turns: z
      .enum(["equal", "ignore"])
      .default("equal")
      .describe(
        "equal: the same number of turns, and each call in the same turn; ignore: only the calls count",
      ),
    ...callOptions,
  },
  operand: "none",
  grades: "full",
  compile({ directory, turns, ...options }, { root }) {
    checkReads(options);
    const traces = tracesIn(root, directory);
    const known = new Map<string, GoldenTrace>();
    const isRequired = (options as { readonly required?: boolean }).required !== false;
    const missing = ({ id }: Case): string =>
      `it has no trace ${directory}/${traceFile(id)} (evals record-trace RUN/${id}/1 writes one)`;
    const traceFor = (golden: Case): GoldenTrace => {
      const name = traceFile(golden.id);
      if (!traces.has(name)) throw new ScorerFailure("tool", missing(golden));
      const trace = known.get(name) ?? readTrace(root, `${directory}/${name}`, ["directory"]);
      known.set(name, trace);
      return trace;
    };
    return {
      identity: { traces: Object.fromEntries([...traces].map(([name, text]) => [name, sha256(text)])) },
      files: [...traces.keys()].map((name) => `${directory}/${name}`),
      refuses(golden) {
        // With `required: false`, cases may lack a trace.
        if (!traces.has(traceFile(golden.id))) return isRequired ? missing(golden) : undefined;
        try {
          traceFor(golden);
          return undefined;
        } catch (error) {
          const words = (error as { readonly problem?: { readonly what: string } }).problem?.what;
          if (words === undefined && !(error instanceof OperandMistake)) throw error;
          return `${directory}/${traceFile(golden.id)} cannot be used: ${words ?? (error as Error).message}`;
        }
      },
      tools(golden) {
        if (golden === null) return toolsOfOptions(options);
        const file = traceFile(golden.id);
        const text = traces.get(file);
        if (text === undefined) return [];
        const path = `${directory}/${file}`;
        return traceFor(golden).calls.map(({ name }) => ({
          name,
          expected: true,
          place: { path, ...placeIn(text, name) },
        }));
      },
      score(_, __, { golden, transcript }) {
        const trace = traceFor(golden);
        const judged = compareCalls(trace.calls, knownCalls(transcript), options);
        if (judged.score < 1 || turns === "ignore") return judged;
        const made = traceOf(wholeTranscript(transcript));
        return (made && otherTurn(trace, made)) ?? judged;
      },
    };
  },
  examples: [
    {
      title: "passes the calls of the recorded trial",
      settings: { turns: "ignore" },
      files: TRACE,
      output: "Done.",
      transcript: { tool_calls: calls("find_order", "refund") },
      expected: { pass: true, score: 1, reason: "2 calls as expected" },
    },
    {
      title: "names the first difference",
      settings: { turns: "ignore" },
      files: TRACE,
      output: "Done.",
      transcript: { tool_calls: calls("find_order", "coupon") },
      expected: {
        pass: false,
        score: 0.5,
        reason: 'call 2: expected refund({"id":"A-7"}), got coupon({"id":"A-7"})',
      },
    },
    {
      title: "fails the right call in another turn",
      settings: {},
      files: TRACE,
      output: "Done.",
      transcript: {
        tool_calls: calls("find_order", "refund"),
        messages: [user("It broke."), call("find_order", "A-7"), call("refund", "A-7"), user("Oh?")],
      },
      expected: { pass: false, score: 0.5, reason: "call 2, refund, was made in turn 1, and not in turn 2" },
    },
    {
      title: "fails another number of turns",
      settings: {},
      files: TRACE,
      output: "Done.",
      transcript: {
        tool_calls: calls("find_order", "refund"),
        messages: [
          user("It broke."),
          call("find_order", "A-7"),
          user("Yes."),
          call("refund", "A-7"),
          user("Hm."),
          user("Hm?"),
        ],
      },
      expected: { pass: false, score: 0.5, reason: "the calls are the same, in 4 turns and not in 2" },
    },
    {
      title: "cannot score a case without a trace",
      settings: {},
      files: {},
      output: "Done.",
      transcript: { tool_calls: [] },
      expected: { failure: "it has no trace fixtures/traces/case-1.json" },
    },
  ],
});
