import { EvalsError } from "../domain/problem.ts";
import { resolveCommit } from "../git/repository.ts";
import type { StoredRun } from "../store/store.ts";
import { findRun } from "./find-run.ts";
import { runOutputsFile, type SideContext } from "./outputs-side.ts";

/** Two runs of one suite. */
export interface SidePair {
  readonly suite: string;
  readonly base: StoredRun;
  readonly candidate: StoredRun;
}

/** The two words, and where they are looked up. */
export interface SidesInput extends SideContext {
  readonly a: string;
  readonly b: string | undefined;
}

/** What a word on the command line may mean. */
type Meaning =
  | { readonly kind: "runs"; readonly runs: readonly StoredRun[] }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "latest" };

const PREFIXES = ["run", "prompt", "ref", "file"] as const;
type Prefix = (typeof PREFIXES)[number];

/**
 * The runs that two words mean, one pair a suite: the newest complete runs of a prompt version or commit.
 * @throws {EvalsError} for a word that means nothing, or more than one thing
 */
export async function resolveSides(input: SidesInput): Promise<SidePair[]> {
  const first = await meaningOf(input.a, input);
  if (input.b === undefined && isOneRun(first, input)) return [ownBaseline(input)];
  const second = input.b === undefined ? ({ kind: "latest" } as const) : await meaningOf(input.b, input);
  const suites = suitesOf([first, second], input);
  const bases = await runsOf(first, suites, input);
  const candidates = await runsOf(second, suites, input);
  const pairs = bases.flatMap((base) => {
    const same = candidates.filter(
      (one) => one.header.suite === base.header.suite && one.header.id !== base.header.id,
    );
    const candidate = same.find((one) => one.header.alias === base.header.alias) ?? same[0];
    return candidate === undefined ? [] : [{ suite: base.header.suite, base, candidate }];
  });
  if (pairs.length === 0) throw nothingInCommon(input, bases, candidates);
  return pairs;
}

function isOneRun(meaning: Meaning, { a }: SidesInput): boolean {
  return (
    meaning.kind === "latest" ||
    (meaning.kind === "runs" &&
      meaning.runs.length === 1 &&
      !/^(prompt|ref):/.test(a) &&
      meaning.runs[0]?.header.id.startsWith(a.replace(/^run:/, "")) === true)
  );
}

/** One run alone stands against the baseline that it was gated by. */
function ownBaseline({ store, a }: SidesInput): SidePair {
  const candidate = findRun(store, a);
  const report = candidate.report as { comparison?: { baseline?: { run?: string | null } } | null } | null;
  const id = report?.comparison?.baseline?.run;
  const base = typeof id === "string" ? store.runsByPrefix(id)[0] : undefined;
  if (base !== undefined) return { suite: candidate.header.suite, base, candidate };
  throw new EvalsError({
    code: "EVALS_DIFF_NO_BASELINE",
    what: `Run ${candidate.header.id} was not compared with a baseline.`,
    why: "One run alone is compared with its own baseline; a difference needs two sides.",
    fix: `evals diff <baseline> ${candidate.header.id}    (evals history lists runs)`,
  });
}

async function meaningOf(word: string, input: SidesInput): Promise<Meaning> {
  if (word === "latest") return { kind: "latest" };
  const prefix = PREFIXES.find((one) => word.startsWith(`${one}:`));
  if (prefix !== undefined) {
    const found = await readAs(prefix, word.slice(prefix.length + 1), input);
    if (found !== null) return found;
    throw unknownSide(word, prefix, word.slice(prefix.length + 1));
  }
  const found: [Prefix, Meaning][] = [];
  for (const one of PREFIXES) {
    const meaning = one === "file" && !/\.jsonl$/.test(word) ? null : await readAs(one, word, input);
    if (meaning !== null) found.push([one, meaning]);
  }
  const [only, second] = found;
  if (only === undefined) throw unknownSide(word, null, word);
  if (second !== undefined)
    throw ambiguousSide(
      word,
      found.map(([one]) => one),
    );
  return only[1];
}

async function readAs(prefix: Prefix, word: string, { store, root }: SidesInput): Promise<Meaning | null> {
  switch (prefix) {
    case "run": {
      const runs = store.runsByPrefix(word);
      if (word === "" || runs.length === 0) return null;
      return { kind: "runs", runs: [findRun(store, word)] };
    }
    case "prompt": {
      const runs = newest(
        store.runs({ status: ["complete", "stopped_early"] }).filter((run) => isOfPrompt(run, word)),
      );
      return runs.length === 0 ? null : { kind: "runs", runs };
    }
    case "ref": {
      const commit = await resolveCommit(root, word);
      if (commit === null) return null;
      const runs = newest(
        store
          .runs({ status: ["complete", "stopped_early"] })
          .filter((run) => run.header.commit === commit && run.header.dirty === false),
      );
      return runs.length === 0 ? null : { kind: "runs", runs };
    }
    case "file":
      return { kind: "file", path: word };
    default:
      return prefix satisfies never;
  }
}

function isOfPrompt({ header }: StoredRun, word: string): boolean {
  const { prompt } = header;
  if (prompt === null || header.narrowing !== null) return false;
  return word === prompt.name || word === `${prompt.name}@${prompt.version}`;
}

/** The newest of each suite and model; runs come newest first. */
function newest(runs: readonly StoredRun[]): StoredRun[] {
  const first = new Map<string, StoredRun>();
  for (const run of runs) {
    const key = `${run.header.suite}\n${run.header.one_of_several ? run.header.alias : ""}`;
    if (!first.has(key)) first.set(key, run);
  }
  return [...first.values()];
}

function suitesOf(meanings: readonly Meaning[], { store }: SidesInput): string[] {
  const named = meanings.flatMap((one) =>
    one.kind === "runs" ? one.runs.map((run) => run.header.suite) : [],
  );
  if (named.length > 0) return [...new Set(named)];
  const newestRun = store.runs({ limit: 1 })[0];
  return newestRun === undefined ? [] : [newestRun.header.suite];
}

async function runsOf(meaning: Meaning, suites: readonly string[], input: SidesInput): Promise<StoredRun[]> {
  if (meaning.kind === "runs") return [...meaning.runs];
  if (meaning.kind === "latest") return suites.flatMap((suite) => input.store.runs({ suite, limit: 1 }));
  const runs: StoredRun[] = [];
  for (const suite of suites) runs.push(await runOutputsFile(meaning.path, suite, input));
  return runs;
}

function unknownSide(word: string, prefix: Prefix | null, name: string): EvalsError {
  const make: Readonly<Record<Prefix, string>> = {
    run: "evals history lists the runs",
    prompt: `evals run --prompt ${name}`,
    ref: `git switch --detach ${name} && evals run`,
    file: "a JSONL file of outputs, a line a trial",
  };
  return new EvalsError({
    code: "EVALS_DIFF_SIDE_UNKNOWN",
    what:
      prefix === null
        ? `"${word}" is no run, no prompt version and no commit with a complete run.`
        : `There is no complete run of ${prefix} "${name}".`,
    why: "A side is a run that is stored here, or a file of outputs.",
    fix: prefix === null ? make.run : make[prefix],
  });
}

function ambiguousSide(word: string, kinds: readonly Prefix[]): EvalsError {
  return new EvalsError({
    code: "EVALS_DIFF_SIDE_AMBIGUOUS",
    what: `"${word}" can mean ${kinds.map((kind) => `${kind}:${word}`).join(" or ")}.`,
    why: "Only one of them is meant.",
    fix: `Write ${kinds[0]}:${word}`,
  });
}

function nothingInCommon(
  { a, b }: SidesInput,
  bases: readonly StoredRun[],
  candidates: readonly StoredRun[],
): EvalsError {
  const suites = (runs: readonly StoredRun[]): string =>
    [...new Set(runs.map((run) => run.header.suite))].join(", ") || "no suite";
  return new EvalsError({
    code: "EVALS_DIFF_NOTHING_COMMON",
    what: `${a} (${suites(bases)}) and ${b ?? "latest"} (${suites(candidates)}) are not two runs of one suite.`,
    why: "Runs are compared case by case within a suite.",
    fix: "evals history lists the runs of each suite",
  });
}
