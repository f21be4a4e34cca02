import { tokensOfFiles } from "../domain/attachment.ts";
import { type Case, type CaseSource, caseContentHash } from "../domain/case.ts";
import { copyCells } from "../domain/csv-cells.ts";
import { itemAt } from "../domain/item-at.ts";
import { canonicalJson, hashJson, type Json, sha256 } from "../domain/json.ts";
import type { Speaker } from "../domain/person-fault.ts";
import type { PressureKind } from "../domain/pressure.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedModel, LoadedSuite } from "../domain/project.ts";
import type { OpenTarget, PreparedRequest, Question } from "../domain/provider.ts";
import type { Redaction } from "../domain/redaction.ts";
import type { Narrowing } from "../domain/run.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import type { Transcript } from "../domain/transcript.ts";
import { MAX_REQUEST_PROBLEMS, questionOf, requestProblems } from "./case-requests.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { askedHash, caseKey, caseScorersHash, rootFingerprint } from "./fingerprint.ts";
import { type HashColumn, hashColumn } from "./hash-column.ts";
import type { JudgePool } from "./judge-pool.ts";
import { speakerOf } from "./speaker-of.ts";

/** The questions and the scoring of a run, determined before the first call. Cases are numbered from 0. */
export interface Plan {
  readonly suite: LoadedSuite;
  readonly model: LoadedModel;
  readonly target: OpenTarget;
  readonly scorers: readonly OpenScorer[];
  /** The models of the judges. */
  readonly judges: JudgePool | null;
  readonly narrowing: Narrowing | null;
  /** For a narrowed run: the number of all cases of the suite, including the cases that were not chosen. */
  readonly suiteCases?: number | undefined;
  /** Maximum trials per case: the suite's number, or more if a case sets a larger number. */
  readonly trials: number;
  /** Whether `trials` was given for this run and applies to all cases. */
  readonly sameTrials: boolean;
  /** Total number of wanted trials of all cases. */
  readonly totalWanted: number;
  /** Number of cases. */
  readonly count: number;
  /** Number of available trials of a case: the wanted number, or fewer if fewer were recorded; at least 1. */
  planned(caseNo: number): number;
  readonly totalPlanned: number;
  id(caseNo: number): string;
  /** Names of the scorers that score the case, if the case names them; undefined when all scorers do. */
  scorersOf(caseNo: number): readonly string[] | undefined;
  golden(caseNo: number): Case;
  /** The case as it is scored and stored: redacted, if the project uses redaction. */
  kept(caseNo: number): Case;
  /** The source of the user's messages in a case. */
  speaker(golden: Case): Speaker;
  /** Whether the simulated user spoiled an answer, so that it is not reused. */
  isSpoiled(caseNo: number, transcript: Transcript): boolean;
  /** The redaction of stored data; null without one. */
  readonly redaction: Redaction | null;
  /** Whether the texts of the dataset and answers must stay in the store. */
  readonly restricted: boolean;
  /** Kinds of pressure applied to passing trials; undefined without pressure. */
  readonly pressure: readonly PressureKind[] | undefined;
  question(caseNo: number): Question;
  /** False when the answers exist already (recorded outputs), so that there is no request to send or store. */
  readonly asks: boolean;
  request(caseNo: number): PreparedRequest;
  /** Approximate tokens of the request, rather too high than too low. */
  inputTokens(caseNo: number): number;
  contentHash(caseNo: number): string;
  requestHash(caseNo: number): string;
  /** The cache key of the case's answers, from its request and the target. */
  askedHash(caseNo: number): string;
  key(caseNo: number): string;
  /** Line of the case in the dataset's file, from 1. */
  line(caseNo: number): number;
  /** Ascending case numbers of each tag. */
  readonly tags: ReadonlyMap<string, readonly number[]>;
  readonly datasetPath: string;
  /** Other files that the cases depend on: imports of their module, and attached files. */
  readonly datasetFiles: readonly string[];
  readonly fingerprint: string;
  /**
   * For a shard (a run of a part of the cases): the fingerprint of the run of all shards; undefined for any other
   * run.
   */
  readonly wholeFingerprint: string | undefined;
  /** Hash of the target's identity: of everything that defines its behaviour besides the request. */
  readonly targetHash: string;
  /** Hash by which a later process recognizes that it can resume this run. */
  readonly hash: string;
}

export interface PlanInput {
  readonly suite: LoadedSuite;
  readonly model: LoadedModel;
  readonly target: OpenTarget;
  readonly scorers: readonly OpenScorer[];
  readonly judges?: JudgePool | null;
  readonly cases: CaseSource;
  /** Indices of the selected cases in `cases`. */
  readonly selected: Uint32Array;
  readonly narrowing: Narrowing | null;
  /** For a narrowed run: the number of all cases of the suite, including the cases that were not chosen. */
  readonly suiteCases?: number | undefined;
  /** For a shard (a run of a part of the cases): the fingerprint of the run of all shards. */
  readonly wholeFingerprint?: string | undefined;
  /** Number of trials of each case that does not set its own. */
  readonly trials: number;
  /** Whether `trials` also applies to cases that set their own number, because it was given for this run. */
  readonly sameTrials?: boolean;
  readonly redaction?: Redaction | undefined;
  readonly restricted?: boolean;
  /** The question of a case, if it differs from the suite's. */
  readonly question?: (golden: Case) => Question;
  /** The pressure on passing trials; absent without pressure. */
  readonly pressure?: PlannedPressure | undefined;
  /** Maximum characters of requests kept in memory, so that they need not be rendered again for sending. */
  readonly keptRequests?: number | undefined;
}

/** The part of a suite's pressure that affects results. */
export interface PlannedPressure {
  readonly kinds: readonly PressureKind[];
  readonly identityOf: (caseId: string) => Json;
}

function redactedCase(golden: Case, { value }: Redaction): Case {
  const { input, expected, metadata } = golden;
  const kept = value({ input, metadata, ...(expected === undefined ? {} : { expected }) });
  copyCells(expected, kept.expected);
  return { ...golden, ...kept };
}

/** Default of `PlanInput.keptRequests`. */
const KEPT_REQUESTS = 16_000_000;

/**
 * Renders every request once, so that mistakes in a prompt are found before anything is paid for, and hashes what
 * determines each case's result.
 *
 * @throws {EvalsError} with a problem for each case whose request cannot be prepared, at most `MAX_REQUEST_PROBLEMS`
 */
export function makePlan(input: PlanInput): Plan {
  const { suite, model, target, scorers, cases, selected, trials, sameTrials = false } = input;
  const { question = (one: Case) => questionOf(suite, one), pressure } = input;
  const redaction = input.redaction ?? null;
  const count = selected.length;
  const columns = { content: hashColumn(count), key: hashColumn(count), request: hashColumn(count) };
  const planned = new Uint16Array(count);
  const wanted = new Uint16Array(count).fill(trials);
  let tokens: Uint32Array | undefined;
  const requests: (PreparedRequest | undefined)[] = [];
  const tags = new Map<string, number[]>();
  // A target with recorded outputs is not asked. The requests that it prepares only represent its answers.
  const asks = target.client.available === undefined;
  const parts = { target: hashJson(target.identity) };
  const scorersOf = caseScorersHash(scorers);
  const own = new Map<number, readonly string[]>();
  const problems: Problem[] = [];
  let remaining = input.keptRequests ?? KEPT_REQUESTS;

  const last: { caseNo: number; golden: Case | undefined } = { caseNo: -1, golden: undefined };
  const golden = (caseNo: number): Case => {
    if (last.golden === undefined || last.caseNo !== caseNo) {
      last.golden = cases.read(itemAt(selected, caseNo));
      last.caseNo = caseNo;
    }
    return last.golden;
  };

  const kept = (caseNo: number): Case =>
    redaction === null ? golden(caseNo) : redactedCase(golden(caseNo), redaction);

  for (let caseNo = 0; caseNo < count; caseNo++) {
    const one = golden(caseNo);
    const content = caseContentHash(one);
    let request: string;
    try {
      const prepared = target.client.prepare(question(one));
      const text = canonicalJson(prepared);
      request = sha256(text);
      remaining -= text.length;
      if (asks && remaining > 0) requests[caseNo] = prepared;
    } catch (error) {
      const found = requestProblems(suite, error);
      problems.push(...found.problems);
      if (found.always || problems.length >= MAX_REQUEST_PROBLEMS) break;
      continue;
    }
    for (const tag of one.tags) addTo(tags, tag, caseNo);
    columns.content.set(caseNo, content);
    columns.request.set(caseNo, request);
    const pressed = pressure === undefined ? {} : { pressure: hashJson(pressure.identityOf(one.id)) };
    columns.key.set(caseNo, caseKey({ content, request, ...parts, scorers: scorersOf(one), ...pressed }));
    if (one.scorers !== undefined) own.set(caseNo, one.scorers);
    const k = sameTrials ? trials : (one.trials ?? trials);
    wanted[caseNo] = k;
    planned[caseNo] = Math.max(1, Math.min(k, target.client.available?.(one.id) ?? k));
  }
  if (problems.length > 0) throw new EvalsError(problems);

  const id = (caseNo: number): string => cases.id(itemAt(selected, caseNo));
  const request = (caseNo: number): PreparedRequest =>
    !asks ? NOT_ASKED : (requests[caseNo] ?? target.client.prepare(question(golden(caseNo))));
  const fingerprint = rootFingerprint(keysOf(count, id, columns.key));
  return {
    suite,
    model,
    target,
    scorers,
    judges: input.judges ?? null,
    narrowing: input.narrowing,
    suiteCases: input.suiteCases,
    trials: wanted.reduce((largest, k) => Math.max(largest, k), 1),
    sameTrials,
    totalWanted: wanted.reduce((sum, k) => sum + k, 0),
    count,
    planned: (caseNo) => itemAt(planned, caseNo),
    totalPlanned: planned.reduce((sum, one) => sum + one, 0),
    id,
    scorersOf: (caseNo) => own.get(caseNo),
    golden,
    speaker: speakerOf(suite),
    kept,
    isSpoiled: (caseNo, transcript) =>
      target.conversing?.person?.faultIn(kept(caseNo), transcript) !== undefined,
    redaction,
    restricted: input.restricted ?? false,
    pressure: pressure?.kinds,
    question: (caseNo) => new LateQuestion(id(caseNo), () => question(golden(caseNo))),
    asks,
    tags,
    request,
    inputTokens: (caseNo) => {
      tokens ??= new Uint32Array(count);
      const known = tokens[caseNo] ?? 0;
      if (known > 0) return known;
      const asked = request(caseNo);
      const estimated = estimateTokens(JSON.stringify(asked)) + tokensOfFiles(asked);
      tokens[caseNo] = estimated;
      return estimated;
    },
    contentHash: columns.content.hex,
    requestHash: columns.request.hex,
    askedHash: (caseNo) => askedHash(parts.target, columns.request.hex(caseNo)),
    key: columns.key.hex,
    line: (caseNo) => cases.line(itemAt(selected, caseNo)),
    datasetPath: cases.path,
    datasetFiles: [...(cases.files ?? []), ...(suite.prompt?.attached() ?? [])],
    fingerprint,
    wholeFingerprint: input.wholeFingerprint,
    targetHash: parts.target,
    hash: hashJson({
      suite: suite.name,
      alias: model.alias,
      fingerprint,
      trials,
      ...(wanted.every((k) => k === trials) ? {} : { case_trials: [...wanted] }),
      narrowing: input.narrowing,
    }),
  };
}

const NOT_ASKED: PreparedRequest = {};

/** A question that is rendered on demand, because most clients use only the prepared request. */
class LateQuestion implements Question {
  readonly case_id: string;
  readonly #make: () => Question;
  #made: Question | undefined;

  constructor(case_id: string, make: () => Question) {
    this.case_id = case_id;
    this.#make = make;
  }

  get input(): Question["input"] {
    return this.#whole().input;
  }

  get messages(): Question["messages"] {
    return this.#whole().messages;
  }

  get golden(): Question["golden"] {
    return this.#whole().golden;
  }

  get clock(): Question["clock"] {
    return this.#whole().clock;
  }

  get pressure(): Question["pressure"] {
    return this.#whole().pressure;
  }

  #whole(): Question {
    this.#made ??= this.#make();
    return this.#made;
  }
}

function addTo(tags: Map<string, number[]>, tag: string, caseNo: number): void {
  const cases = tags.get(tag);
  if (cases === undefined) tags.set(tag, [caseNo]);
  else if (cases.at(-1) !== caseNo) cases.push(caseNo);
}

function* keysOf(count: number, id: (caseNo: number) => string, keys: HashColumn) {
  for (let caseNo = 0; caseNo < count; caseNo++) yield { id: id(caseNo), key: keys.hex(caseNo) };
}
