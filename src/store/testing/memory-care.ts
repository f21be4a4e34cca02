import type { Pruning, StoreCare } from "../care.ts";
import type { Memory } from "./memory-store.ts";
import { timeOf } from "./memory-traffic.ts";

/** Maintenance of a store in memory, which has no bytes to damage or to overwrite. */
export function careOf(memory: Memory): StoreCare {
  const left = () => memory.runs.filter((run) => !run.pruned);
  return {
    place: "memory",
    size: async () => {
      const started = left().map(({ header }) => header.started_at);
      started.sort();
      return {
        runs: left().filter(({ header }) => header.canary_of === undefined).length,
        answers: memory.answers.filter((one) => one !== undefined).length,
        judgements: memory.judgements.length,
        traces: memory.traffic.traces.size,
        oldest: started[0] ?? null,
        newest: started.at(-1) ?? null,
        bytes: 0,
      };
    },
    faults: async () => [],
    oldTraces: async (before) => oldTraces(memory, before).length,
    prune: async (what) => {
      const before = memory.answers.filter((one) => one !== undefined).length;
      const replies = memory.judgements.length;
      const touched = [...what.runs, ...what.answers];
      const had = touched.flatMap((no) =>
        [...(memory.runs[no - 1]?.trials.values() ?? [])].flatMap(({ answer }) => answer ?? []),
      );
      for (const no of what.answers) emptyRun(memory, no, what);
      for (const no of what.runs) removeRun(memory, no);
      pruneJudgements(memory, touched, what);
      const used = new Set(left().flatMap((run) => [...run.trials.values()].map(({ answer }) => answer)));
      for (const [id, answer] of memory.answers.entries())
        if (!used.has(id) && answer !== undefined && (had.includes(id) || answer.at < what.loose_before))
          memory.answers[id] = undefined;
      return {
        answers: before - memory.answers.filter((one) => one !== undefined).length,
        judgements: replies - memory.judgements.length,
        traces: pruneTraffic(memory, what),
        erased: true,
      };
    },
  };
}

const oldTraces = ({ traffic }: Memory, before: number) =>
  [...traffic.traces.values()].filter(({ kept_at, trace }) => (timeOf(trace) || kept_at) < before);

function pruneTraffic(memory: Memory, { loose_before: before }: Pruning): number {
  const { traffic } = memory;
  const old = oldTraces(memory, before);
  for (const { trace } of old) traffic.traces.delete(trace.id);
  for (const [key, { trace }] of traffic.scores) if (!traffic.traces.has(trace)) traffic.scores.delete(key);
  return old.length;
}

function removeRun(memory: Memory, no: number): void {
  const run = memory.runs[no - 1];
  if (run === undefined) return;
  run.pruned = true;
  run.trials.clear();
}

function emptyRun(memory: Memory, no: number, { withoutTexts }: Pruning): void {
  const run = memory.runs[no - 1];
  if (run === undefined) return;
  run.report = run.report === null ? null : withoutTexts(run.report);
  for (const trial of run.trials.values()) {
    trial.answer = null;
    trial.message = trial.message === null ? null : "";
    trial.voids = trial.voids?.map((one) => (one === null ? null : ""));
    trial.scores = trial.scores.map((one) => {
      if (one === null || one === undefined) return one;
      const { replies: _, ...score } = one;
      return { ...score, reason: "" };
    });
  }
}

function pruneJudgements(memory: Memory, touched: readonly number[], what: Pruning): void {
  const used = new Set(
    memory.runs.flatMap((run) =>
      [...run.trials.values()].flatMap(({ scores }) => scores.flatMap((one) => one?.replies ?? [])),
    ),
  );
  const left = memory.judgements.filter(({ id, run_no, at }) => {
    const isTouched = run_no === null ? at < what.loose_before : touched.includes(run_no);
    return used.has(id) || !isTouched;
  });
  memory.judgements.splice(0, memory.judgements.length, ...left);
}
