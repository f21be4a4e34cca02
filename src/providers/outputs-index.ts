import { parseExactJson } from "../domain/exact-json.ts";
import { sha256 } from "../domain/json.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { isTrace, loadTraceReader, type TraceReader } from "./conversation-shapes.ts";
import { reportsWithoutOutput, wrongMembers } from "./given-answer.ts";
import { LineFile, objectLine, refuseOtherFile } from "./line-file.ts";
import type { Line } from "./outputs-mistakes.ts";

/** The texts of mistakes in an outputs file; loaded only for a file that has a mistake. */
type Words = typeof import("./outputs-mistakes.ts");

const MAX_PROBLEMS = 100;
/**
 * Code that marks a problem without texts: the line is not a JSON object. `Words` makes the real problem, once it is
 * loaded.
 */
const NOT_OBJECT = "not an object";

/** Finds the answers in a file by case and trial. Each answer is read from the file only when it is needed. */
export interface OutputsIndex {
  /** Number of recorded trials of a case; 0 when the case has none. */
  count(caseId: string): number;
  /**
   * The recorded answer of a trial.
   *
   * @param trial from 1: the n-th recorded trial of the case, in the order of the numbers in the file
   * @returns the members of its line; undefined when there is no such trial
   */
  answer(caseId: string, trial: number): Readonly<Record<string, unknown>> | undefined;
  /** Reads the traces in the answers; null when no answer holds one. */
  readonly readTrace: TraceReader | null;
  /** Hash of all recorded answers of a case; 64 hexadecimal digits. */
  hash(caseId: string): string;
  close(): void;
}

/** Column of a member's key, from 1; 1 when it cannot be located. */
export function columnOf(text: string, name: string): number {
  return Math.max(0, text.indexOf(`"${name}"`)) + 1;
}

function isTrialNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value < 2 ** 31;
}

/** Takes the members of each line of an outputs file, from its first line to its last. */
export interface LineReader {
  line(index: number, members: Readonly<Record<string, unknown>>, text: string): void;
}

/** An outputs file and the cases that its lines may refer to. */
interface OutputsSource {
  readonly file: LineFile;
  readonly path: string;
  /** The index of each case in the dataset, from 0, by the case's id. */
  readonly cases: ReadonlyMap<string, number>;
  /** Starts a reader of the lines; called again whenever reading starts again. Absent when nobody else reads them. */
  readonly startReader?: (() => LineReader) | undefined;
}

/** Code that only some files need. It is absent at the first reading, and loaded when a file turns out to need it. */
interface Loaded {
  /** For a file with mistakes. */
  readonly words?: Words;
  /** For a file with traces. */
  readonly readTrace: TraceReader | null;
}

/** The case and trial of every line, as numbers; -1 for a line whose case is not in the dataset. */
class LineTable {
  readonly caseOf: Int32Array;
  readonly trialOf: Int32Array;
  readonly #source: OutputsSource;
  readonly #numbered: Int32Array;
  readonly #problems: Problem[] = [];
  readonly #words: Words | undefined;
  readonly #readTrace: TraceReader | null;
  readonly #reader: LineReader | undefined;
  #unlisted = 0;
  #sawLine = false;
  /** Whether the file has a problem. Without `Words`, nothing else about problems is kept. */
  isWrong = false;
  /** Whether reading stopped at a trace, because there is no `readTrace`. */
  needsTraceReader = false;

  constructor(source: OutputsSource, { words, readTrace }: Loaded) {
    this.#source = source;
    this.#words = words;
    this.#readTrace = readTrace;
    this.#reader = source.startReader?.();
    this.caseOf = new Int32Array(source.file.count).fill(-1);
    this.trialOf = new Int32Array(source.file.count);
    this.#numbered = new Int32Array(source.cases.size);
  }

  /** Adds a problem. Its text is made only if it will be shown, because finding a similar id takes long. */
  report(problem: (words: Words) => Problem): void {
    this.isWrong = true;
    if (this.#words === undefined) return;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem(this.#words));
    else this.#unlisted += 1;
  }

  readLines(): void {
    const { file, path } = this.#source;
    for (let index = 0; index < file.count; index++) if (!this.#readLine(index)) return;
    if (!this.#sawLine) this.report((words) => words.noAnswer(path));
  }

  /** Reads one line. @returns whether to read the next line */
  #readLine(index: number): boolean {
    const { file, path } = this.#source;
    const at: Line = { path, line: index + 1 };
    let notObject = 1;
    const read = objectLine(file, index, path, (column) => {
      notObject = column;
      return { code: NOT_OBJECT, what: "", why: "", fix: "" };
    });
    if (read.kind !== "blank") this.#sawLine = true;
    if (read.kind === "problem")
      this.report((words) => {
        const problem = read.problem();
        return problem.code === NOT_OBJECT ? words.invalidLine(at, notObject) : problem;
      });
    if (read.kind === "object") this.#readMembers(index, read.members, read.text);
    return !this.needsTraceReader && (read.kind !== "problem" || !read.last);
  }

  #readMembers(index: number, members: Readonly<Record<string, unknown>>, text: string): void {
    const at: Line = { path: this.#source.path, line: index + 1 };
    if (this.#readTrace === null && isTrace(members.messages)) {
      this.needsTraceReader = true;
      return;
    }
    this.#reader?.line(index, members, text);
    for (const wrong of wrongMembers(members, this.#readTrace)) {
      this.report((words) => words.wrongMember(at, columnOf(text, wrong.name), wrong));
    }
    if (members.output === undefined && !reportsWithoutOutput(members))
      this.report((words) => words.missingMember(at, "output", members));
    const numbered = members.trial === undefined || isTrialNumber(members.trial);
    if (!numbered) this.report((words) => words.wrongTrial(at, columnOf(text, "trial")));
    const position = this.#caseOf(text, members, at);
    if (numbered && position !== undefined) this.#place(index, position, members.trial);
  }

  /**
   * Finds the case of a line. @returns its index; undefined, after reporting a problem, when there is no such
   * case
   */
  #caseOf(text: string, members: Readonly<Record<string, unknown>>, at: Line): number | undefined {
    const { case: id } = members;
    if (typeof id !== "string") {
      this.report((words) => words.missingMember(at, "case", members));
      return undefined;
    }
    const position = this.#source.cases.get(id);
    if (position === undefined) {
      this.report((words) => words.unknownCase(at, columnOf(text, "case"), id, this.#source.cases.keys()));
    }
    return position;
  }

  #place(index: number, position: number, trial: unknown): void {
    this.caseOf[index] = position;
    // Lines without a trial number are numbered in order, whether or not other lines of the case have numbers.
    this.trialOf[index] = trial === undefined ? this.#next(position) : (trial as number);
  }

  #next(position: number): number {
    const number = (this.#numbered[position] ?? 0) + 1;
    this.#numbered[position] = number;
    return number;
  }

  /** @throws {EvalsError} with all problems, in file order */
  refuse(): void {
    if (this.#words === undefined || this.#problems.length === 0) return;
    this.#problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const rest = this.#unlisted > 0 ? [this.#words.furtherProblems(this.#source.path, this.#unlisted)] : [];
    throw new EvalsError([...this.#problems, ...rest]);
  }
}

/**
 * Indices of lines, from 0, grouped by case. Those of case `c` are `lines[starts[c]]` up to `lines[starts[c + 1]
 * - 1]`, in order of trial.
 */
interface LinesByCase {
  readonly starts: Int32Array;
  readonly lines: Int32Array;
}

function groupByCase(table: LineTable, cases: number): LinesByCase {
  const starts = new Int32Array(cases + 1);
  for (const position of table.caseOf)
    if (position >= 0) starts[position + 1] = (starts[position + 1] ?? 0) + 1;
  for (let c = 0; c < cases; c++) starts[c + 1] = (starts[c + 1] ?? 0) + (starts[c] ?? 0);
  const lines = new Int32Array(starts[cases] ?? 0);
  const next = starts.slice();
  table.caseOf.forEach((position, line) => {
    if (position < 0) return;
    const index = next[position] ?? 0;
    lines[index] = line;
    next[position] = index + 1;
  });
  const trial = (line: number) => table.trialOf[line] ?? 0;
  for (let c = 0; c < cases; c++)
    lines.subarray(starts[c], starts[c + 1]).sort((a, b) => trial(a) - trial(b) || a - b);
  return { starts, lines };
}

function reportDuplicates(
  table: LineTable,
  { starts, lines }: LinesByCase,
  ids: readonly string[],
  path: string,
): void {
  for (let c = 0; c < ids.length; c++) {
    let first = lines[starts[c] ?? 0] ?? 0;
    for (let index = (starts[c] ?? 0) + 1; index < (starts[c + 1] ?? 0); index++) {
      const line = lines[index] ?? 0;
      const trial = table.trialOf[line] ?? 0;
      const repeated = first;
      if (trial === table.trialOf[first]) {
        table.report((words) =>
          words.duplicateTrial({ path, line: line + 1 }, ids[c] ?? "", trial, repeated + 1),
        );
      } else first = line;
    }
  }
}

/**
 * Reads all lines, grouped by case.
 *
 * @returns the name of what must be loaded first: `readTrace` for a file with traces, `words` for a file with problems
 * @throws {EvalsError} with every problem of the file when `words` are loaded
 */
function linesByCase(source: OutputsSource, loaded: Loaded): LinesByCase | keyof Loaded {
  const { file, path, cases } = source;
  refuseOtherFile(file, { path, code: "EVALS_OUTPUTS_JSON", noun: "trial" });
  const table = new LineTable(source, loaded);
  table.readLines();
  if (table.needsTraceReader) return "readTrace";
  const grouped = groupByCase(table, cases.size);
  reportDuplicates(table, grouped, [...cases.keys()], path);
  table.refuse();
  return table.isWrong ? "words" : grouped;
}

/**
 * Reads all lines. Reading starts again when a line turns out to need code that is not loaded yet.
 *
 * @throws {EvalsError} with every problem of the file, after closing it
 */
async function readLines(source: OutputsSource): Promise<LinesByCase & Loaded> {
  let loaded: Loaded = { readTrace: null };
  try {
    for (;;) {
      const grouped = linesByCase(source, loaded);
      if (grouped === "readTrace") loaded = { ...loaded, readTrace: await loadTraceReader() };
      else if (grouped === "words") loaded = { ...loaded, words: await import("./outputs-mistakes.ts") };
      else return { ...grouped, ...loaded };
    }
  } catch (error) {
    source.file.close();
    throw error;
  }
}

/**
 * Reads an outputs file once, checks every line, and keeps the position of each answer (about 16 bytes per line).
 *
 * @param place absolute path of the file
 * @param path relative to the project root, for problems
 * @param caseIds of the whole dataset, before any filter
 * @param startReader see `OutputsSource`
 * @throws {EvalsError} EVALS_OUTPUTS_… with every problem of the file
 */
export async function indexOutputs(
  place: string,
  path: string,
  caseIds: Iterable<string>,
  startReader?: () => LineReader,
): Promise<OutputsIndex> {
  const cases = new Map<string, number>();
  for (const id of caseIds) if (!cases.has(id)) cases.set(id, cases.size);
  const file = new LineFile(place);
  const { starts, lines, readTrace } = await readLines({ file, path, cases, startReader });

  const range = (caseId: string): readonly [from: number, to: number] => {
    const position = cases.get(caseId);
    return position === undefined ? [0, 0] : [starts[position] ?? 0, starts[position + 1] ?? 0];
  };
  return {
    count(caseId) {
      const [from, to] = range(caseId);
      return to - from;
    },
    answer(caseId, trial) {
      const [from, to] = range(caseId);
      const line = from + trial - 1 < to ? lines[from + trial - 1] : undefined;
      return line === undefined
        ? undefined
        : (parseExactJson(file.text(line)) as Readonly<Record<string, unknown>>);
    },
    readTrace,
    hash(caseId) {
      const [from, to] = range(caseId);
      return sha256(Array.from(lines.subarray(from, to), (line) => file.text(line)).join("\n"));
    },
    close: () => file.close(),
  };
}
