import { personTexts } from "../domain/asked-of-trace.ts";
import type { Candidate } from "../domain/candidate.ts";
import type { CaseSource } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import { everyItem } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import type { TrafficField, TrafficFilter, TrafficRow, TrafficTrace } from "../domain/traffic.ts";
import { caseOpener } from "../project/open-cases.ts";
import { resolveDataset } from "../project/resolve-dataset.ts";
import { workTree } from "../project/work-tree.ts";
import { type Designs, type Drawn, drawSample, type Unit } from "../sampling/draw.ts";
import { nearDuplicates } from "../sampling/near-duplicates.ts";
import { uncoveredness } from "../sampling/uncovered.ts";
import { type Measure, standing } from "../sampling/worst-first.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { candidatesPath, refuseOpenCandidates, writeCandidates } from "./sampling/candidate-file.ts";
import { caseInput, inputForm, textOfInput } from "./sampling/case-inputs.ts";
import { storedFilter } from "./traffic/traffic-filter.ts";

export interface SampleInput {
  readonly directory?: string | undefined;
  /** Name of the dataset, as in a suite. */
  readonly dataset: string;
  readonly designs: Designs;
  /** The field by whose values traffic is divided into strata. By default, all traffic is one stratum. */
  readonly stratify?: TrafficField | undefined;
  readonly filter: TrafficFilter;
  /** The same seed draws the same sample. */
  readonly seed: string;
}

export interface SampledTraffic {
  readonly seed: string;
  /** The numbers of traces and of sessions from which the sample was drawn. */
  readonly population: { readonly traces: number; readonly sessions: number };
  /** Number of traces that were excluded, because they do not come from users. */
  readonly excluded: number;
  /** Path of the candidates file, relative to the project root; null when nothing was drawn. */
  readonly written: string | null;
  /** Number of traces that were drawn but left out, because the dataset has a nearly equal case. */
  readonly duplicates: number;
  /** Number of traces that were drawn but left out, because they contain no user message. */
  readonly empty: number;
  readonly candidates: readonly Candidate[];
}

/**
 * Draws exchanges of production as candidates for a dataset, each with its selection probability.
 *
 * @throws {EvalsError} for an unknown dataset, without traffic, and when an earlier sample was not reviewed
 * completely
 */
export async function sampleTraffic(io: Environment, input: SampleInput): Promise<SampledTraffic> {
  const { root, gitRoot } = locate(io, input.directory);
  const files = workTree(root, gitRoot ?? root);
  const dataset = resolveDataset(files, input.dataset);
  const path = candidatesPath(dataset);
  refuseOpenCandidates(root, path);
  const cases = await (await caseOpener(files, dataset))();
  const store = await openStoredHistory(root, io);
  try {
    const filter = await storedFilter(input.filter, store.traffic);
    return await drawn(store, cases, { ...input, filter, root, path });
  } finally {
    store.close();
    cases.close();
  }
}

type Drawing = SampleInput & { readonly root: string; readonly path: string };

async function drawn(store: Store, cases: CaseSource, input: Drawing): Promise<SampledTraffic> {
  const { designs, filter, seed, stratify, root, path } = input;
  const { rows, excluded } = await usersTraffic(store, filter);
  if (rows.length === 0) throw noTraffic(excluded);
  const goldens = [...inputsOf(cases)];
  const texts = await textsFor(store, rows, designs, filter);
  const units = await unitsOf(store, rows, { designs, stratify, texts, goldens });
  const traces = new Map<string, TrafficTrace | undefined>();
  const traceOf = async (id: string): Promise<TrafficTrace | undefined> => {
    if (!traces.has(id)) traces.set(id, await store.traffic.trace(id));
    return traces.get(id);
  };
  const textOf = async ({ id }: Unit): Promise<string> =>
    texts?.get(id) ?? textsOf(await traceOf(id)).join(" ");
  const known = nearDuplicates(goldens.map(textOfInput));
  const picked = nearDuplicates();
  const sample = await drawSample(units, designs, {
    seed,
    isDuplicate: async (unit) => known.has(await textOf(unit)),
    isRepeated: async (unit) => {
      const text = await textOf(unit);
      if (picked.has(text)) return true;
      picked.add(text);
      return false;
    },
  });
  const form = inputForm(goldens);
  const ids = new Set(caseIds(cases));
  const candidates: Candidate[] = [];
  for (const one of sample.drawn) {
    const trace = await traceOf(one.unit.id);
    const texts = textsOf(trace);
    if (trace !== undefined && texts.length > 0)
      candidates.push(candidateOf(one, trace, { id: idFor(trace.id, ids), input: caseInput(texts, form) }));
  }
  writeCandidates(root, path, candidates);
  return {
    seed,
    population: {
      traces: rows.length,
      sessions: new Set(rows.map(({ session, id }) => session ?? ` ${id}`)).size,
    },
    excluded,
    written: candidates.length === 0 ? null : path,
    duplicates: sample.duplicates,
    empty: sample.drawn.length - candidates.length,
    candidates,
  };
}

/** Matches the names of environments and the tags of traffic that comes from tests. */
const TRIED_OUT = /^(?:ci|dev|development|e2e|local|staging|test|testing|tests)$/i;
/** The service name under which `evals export` sends runs, whose inputs are in the dataset already. */
const OWN_SERVICE = "evals";

function isTest({ environment, service, tags }: TrafficRow): boolean {
  return service === OWN_SERVICE || [environment ?? "", ...tags].some((word) => TRIED_OUT.test(word));
}

/**
 * The traffic of users, oldest first, without that of tests. If the filter names an environment, a service or a tag,
 * only the filter decides, so that traffic of tests can be drawn too.
 */
async function usersTraffic(
  { traffic }: Store,
  filter: TrafficFilter,
): Promise<{ readonly rows: readonly TrafficRow[]; readonly excluded: number }> {
  const rows: TrafficRow[] = [];
  const isNamed = (filter.where ?? []).some(
    ({ field, not }) => not !== true && ["environment", "service", "tag"].includes(field),
  );
  let excluded = 0;
  for await (const row of everyItem((page) => traffic.rows(filter, page)))
    if (!isNamed && isTest(row)) excluded++;
    else rows.push(row);
  return { rows: rows.reverse(), excluded };
}

const textsOf = (trace: TrafficTrace | undefined): string[] =>
  trace === undefined ? [] : personTexts(trace.transcript.messages);

function* inputsOf(cases: CaseSource): Generator<Json> {
  for (let at = 0; at < cases.count; at++) yield cases.read(at).input;
}

function* caseIds(cases: CaseSource): Generator<string> {
  for (let at = 0; at < cases.count; at++) yield cases.id(at);
}

/** The user's messages of each trace, by the trace's id; undefined when no design compares texts. */
async function textsFor(
  { traffic }: Store,
  rows: readonly TrafficRow[],
  { uncovered }: Designs,
  filter: TrafficFilter,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (uncovered === undefined) return undefined;
  const wanted = new Set(rows.map(({ id }) => id));
  const texts = new Map<string, string>();
  for await (const trace of everyItem((page) => traffic.traces(filter, page), 200))
    if (wanted.has(trace.id)) texts.set(trace.id, textsOf(trace).join(" "));
  return texts;
}

interface Looking {
  readonly designs: Designs;
  readonly stratify: TrafficField | undefined;
  readonly texts: ReadonlyMap<string, string> | undefined;
  readonly goldens: readonly Json[];
}

async function unitsOf(
  store: Store,
  rows: readonly TrafficRow[],
  { designs, stratify, texts, goldens }: Looking,
): Promise<readonly Unit[]> {
  const places = designs.worst === undefined ? [] : standing(await measuresOf(store, rows));
  const distances =
    texts === undefined
      ? undefined
      : uncoveredness(
          rows.map(({ id }) => texts.get(id) ?? ""),
          goldens.map(textOfInput),
        );
  return rows.map((row, at) => ({
    id: row.id,
    stratum: stratify === undefined ? "all" : stratumOf(row, stratify),
    failed: row.error !== null,
    standing: places[at] ?? null,
    uncovered: distances === undefined || (texts?.get(row.id) ?? "") === "" ? null : (distances[at] ?? null),
  }));
}

function stratumOf(row: TrafficRow, field: TrafficField): string {
  if (field === "tag") return row.tags.length === 0 ? "(none)" : [...row.tags].sort().join("+");
  return row[field] ?? "(none)";
}

/** The ratings of each trace: the scores that suites gave it, and the feedback of people and other tools. */
async function measuresOf({ traffic }: Store, rows: readonly TrafficRow[]): Promise<readonly Measure[][]> {
  const scores = new Map<string, Measure[]>();
  for (let at = 0; at < rows.length; at += 500)
    for (const { trace, suite, scorer, score } of await traffic.scores(
      rows.slice(at, at + 500).map(({ id }) => id),
    ))
      if (score !== null)
        scores.set(trace, [...(scores.get(trace) ?? []), { name: `${suite}/${scorer}`, value: score }]);
  return rows.map(({ id, feedback }) => [
    ...(scores.get(id) ?? []),
    ...feedback.flatMap(({ name, score }) =>
      score === null ? [] : [{ name: `said ${name}`, value: score }],
    ),
  ]);
}

/**
 * The id of a candidate: `traffic-` and a beginning of the trace's id, long enough to differ from the ids of all cases
 * and other candidates.
 */
function idFor(trace: string, taken: Set<string>): string {
  const plain = trace.replace(/[^\w.-]+/g, "-");
  let length = 8;
  let id = `traffic-${plain.slice(0, length)}`;
  while (taken.has(id) && length < plain.length) id = `traffic-${plain.slice(0, ++length)}`;
  for (let n = 2; taken.has(id); n++) id = `traffic-${plain}-${n}`;
  taken.add(id);
  return id;
}

function candidateOf(
  { unit, probability, by }: Drawn,
  trace: TrafficTrace,
  { id, input }: { readonly id: string; readonly input: Json },
): Candidate {
  return {
    ...{ id, accept: null, input, expected: null, right: null, failure: null },
    answer: trace.transcript.output,
    tags: [...trace.tags],
    ...{ trace: trace.id, at: trace.at, stratum: unit.stratum, probability, why: by.join(", ") },
  };
}

function noTraffic(excluded: number): EvalsError {
  return new EvalsError({
    code: "EVALS_TRAFFIC_NONE",
    what:
      excluded === 0
        ? "The store has no matching traffic."
        : `The store has no matching traffic of users: ${excluded} matching traces come from tests, or from evals itself.`,
    why: "Candidates are drawn from stored traffic.",
    fix:
      excluded === 0
        ? "`evals import traces <file>` imports it; `evals traffic` counts it"
        : "To draw from such traffic, name it: --where environment=staging",
  });
}
