import { describeTranscript } from "../../domain/describe-transcript.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { ShownTrace } from "../../domain/shown-run.ts";
import type { Store } from "../../store/store.ts";

/**
 * Finds a stored trace by its id, or by a beginning of the id that no other trace has.
 *
 * @throws {EvalsError} EVALS_TRACE_UNKNOWN, EVALS_TRACE_AMBIGUOUS
 */
export async function showTrace({ traffic }: Pick<Store, "traffic">, id: string): Promise<ShownTrace> {
  const trace = await traffic.trace(await wholeId(traffic, id));
  if (trace === undefined) throw unknownTrace(id);
  return {
    kind: "trace",
    trace,
    transcript: describeTranscript(trace.transcript),
    scores: await traffic.scores([trace.id]),
  };
}

async function wholeId(traffic: Store["traffic"], id: string): Promise<string> {
  const found = id === "" ? [] : await traffic.idsByPrefix(id);
  const [first, second] = found;
  if (first === undefined || second === undefined || first === id) return first ?? id;
  throw new EvalsError({
    code: "EVALS_TRACE_AMBIGUOUS",
    what: `The ids of several traces begin with "${id}": ${found.slice(0, 5).join(", ")}${found.length > 5 ? ", …" : ""}.`,
    why: "The command needs exactly one trace.",
    fix: "Write more of the id.",
  });
}

function unknownTrace(id: string): EvalsError {
  return new EvalsError({
    code: "EVALS_TRACE_UNKNOWN",
    what: `The store has no trace "${id}".`,
    why: "Only traces that were imported can be shown.",
    fix: "`evals traffic` lists the stored traces; `evals import traces <file>` imports others",
  });
}
