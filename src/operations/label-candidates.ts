import { join, relative, resolve, sep } from "node:path";
import type { Candidate } from "../domain/candidate.ts";
import type { Case, CaseSource } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import type { Label } from "../domain/label.ts";
import { EvalsError } from "../domain/problem.ts";
import { underLock } from "../labels/file-lock.ts";
import { answerHash } from "../labels/label-file.ts";
import { LabellingSession } from "../page/labelling-session.ts";
import type { Question } from "../page/labelling-shapes.ts";
import { didYouMeanFile } from "../project/near-file.ts";
import { caseOpener } from "../project/open-cases.ts";
import { resolveDataset } from "../project/resolve-dataset.ts";
import { workTree } from "../project/work-tree.ts";
import { type DrawnUnit, type WeightedRate, weightedRate } from "../statistics/weighted-rate.ts";
import type { Environment } from "./environment.ts";
import { type AddressFile, addressFile } from "./labelling/labelling-address.ts";
import { raterName } from "./labelling/rater-name.ts";
import { locate } from "./project/open-project.ts";
import { datasetOfCandidates, readCandidates, writeCandidates } from "./sampling/candidate-file.ts";
import { type Settled, settleCandidates } from "./sampling/settle-candidates.ts";

export interface LabelCandidatesInput {
  readonly directory?: string | undefined;
  /** Path of the candidates file, relative to the working directory. */
  readonly path: string;
  readonly rater?: string | undefined;
}

/** A review session of a dataset's candidates; each decision is stored at once. */
export interface CandidateLabelling {
  /** Path of the candidates file, relative to the project root. */
  readonly path: string;
  /** Path of the dataset, relative to the project root. */
  readonly dataset: string;
  readonly person: string;
  /** Decisions that were already in the file when the session began, and are now applied. */
  readonly before: Settled;
  readonly session: LabellingSession;
  readonly address: AddressFile;
  /** Applies the decisions of this session; called once at its end. */
  readonly settle: () => Promise<Settled>;
  /** Share of wrong answers in the traffic, estimated from the dataset's judged cases; null when none was judged. */
  readonly wrong: () => Promise<(WeightedRate & { readonly cases: number }) | null>;
}

/**
 * The only criterion of the review: was production's answer right? The verdict says something else: whether the
 * candidate becomes a case.
 */
const RIGHT = {
  name: "answer",
  about:
    "pass means that production's answer was right; that answer becomes the expected value unless you type another value",
};

/**
 * Opens the review of a file of candidates.
 *
 * @throws {EvalsError} for a file that does not exist or has mistakes, and for a dataset that cannot be extended
 */
export async function labelCandidates(
  io: Environment,
  input: LabelCandidatesInput,
): Promise<CandidateLabelling> {
  const { root, gitRoot } = locate(io, input.directory);
  const path = inProject(root, resolve(io.cwd, input.directory ?? ".", input.path));
  const files = workTree(root, gitRoot ?? root);
  if (files.size(path) === undefined) throw noCandidates(root, path);
  const dataset = resolveDataset(files, datasetOfCandidates(path));
  const place = { root, path, dataset };
  const reading = async <T>(read: (cases: CaseSource) => T): Promise<T> => {
    const cases = await (await caseOpener(files, dataset))();
    try {
      return read(cases);
    } finally {
      cases.close();
    }
  };
  const settle = async (): Promise<Settled> => {
    const known = await reading((cases) => new Set(everyCase(cases).map(({ id }) => id)));
    return alone(place.root, path, () => settleCandidates(place, known));
  };
  const person = await raterName(io, root, input.rater);
  const before = await settle();
  const asText = await reading((cases) =>
    everyCase(cases).every(({ expected = "" }) => typeof expected === "string"),
  );
  const decide = (label: Label, decision: Partial<Candidate>): void => {
    alone(root, path, () => {
      const all = readCandidates(root, path);
      writeCandidates(
        root,
        path,
        all.map((one) => (one.id === label.case ? { ...one, ...decision } : one)),
      );
    });
  };
  const session = new LabellingSession({
    ...{
      suite: path,
      rater: person,
      purpose: "candidates",
      criteria: [RIGHT],
      labels: [],
      known: [],
      checks: [],
    },
    questions: readCandidates(root, path).map(questionOf),
    book: {
      save: (label) => decide(label, decisionOf(label, asText)),
      remove: (label) => decide(label, { accept: null, expected: null, right: null }),
      noteCheck: () => {},
      dropCheck: () => {},
    },
    ...{ now: io.date, random: io.random },
  });
  return {
    ...{ path, dataset, person, before, session, settle },
    address: addressFile(root, path, person),
    wrong: () => reading((cases) => wrongShare(everyCase(cases))),
  };
}

function inProject(root: string, place: string): string {
  const path = relative(root, place).split(sep).join("/");
  return path.startsWith("..") ? join(root, path) : path;
}

function everyCase(cases: CaseSource): Case[] {
  return Array.from({ length: cases.count }, (_, at) => cases.read(at));
}

/** Runs `work` under the lock of the candidates file. */
function alone<T>(root: string, path: string, work: () => T): T {
  const lock = `.evals/labelling/${path.replace(/[^\w.-]/g, "-")}.lock`;
  return underLock(join(root, lock), { noun: "candidates", shown: lock }, work);
}

function questionOf({ id, input, expected, answer }: Candidate): Question {
  return {
    ...{ id, case: id, answer_hash: answerHash(answer), answer, input },
    ...(expected === null ? {} : { expected }),
    ...{ picked: "random", weight: 1 },
  };
}

/**
 * What a label decides: `pass` accepts the candidate, `fail` rejects it. The comment that a person typed becomes the
 * case's expected value; without a comment, production's answer does if it was right.
 */
function decisionOf({ verdict, criteria, comment, answer }: Label, asText: boolean): Partial<Candidate> {
  if (verdict !== "pass") return { accept: verdict === "fail" ? false : null };
  const judged = criteria?.[RIGHT.name];
  const typed = comment === undefined ? null : valueTyped(comment, asText);
  const right =
    judged === undefined || judged === "unsure" ? (typed === answer ? true : null) : judged === "pass";
  return { accept: true, right, expected: typed ?? (right === true ? valueTyped(answer, asText) : null) };
}

/**
 * The value that a person typed: the text itself if the dataset's cases expect text, otherwise the parsed JSON if the
 * text is JSON.
 */
function valueTyped(text: string, asText: boolean): Json {
  if (asText) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** The share of wrong answers in the traffic, from judged cases that were drawn with a known probability. */
function wrongShare(cases: readonly Case[]): (WeightedRate & { readonly cases: number }) | null {
  const units = cases.flatMap(({ metadata: { weight, right } }): DrawnUnit[] =>
    typeof weight === "number" && weight >= 1 && typeof right === "boolean"
      ? [{ has: !right, probability: 1 / weight }]
      : [],
  );
  return units.length === 0 ? null : { ...weightedRate(units), cases: units.length };
}

function noCandidates(root: string, path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_CANDIDATES_NONE",
    path,
    what: `There is no such file.${didYouMeanFile(join(root, path), path)}`,
    why: "Candidates are reviewed in the file that evals sample wrote. The file is deleted when every candidate is decided.",
    fix: `evals sample ${datasetOfCandidates(path)} --random 1% --errors`,
  });
}
