import { EXIT } from "../../domain/exit-code.ts";
import { hashJson } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { PartDifference } from "../../domain/report.ts";
import { findRun } from "../../operations/project/find-run.ts";
import { locate } from "../../operations/project/open-project.ts";
import { openStoredHistory } from "../../operations/project/stored-history.ts";
import { partsOfRun } from "../../operations/sides/run-parts.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { differingParts, type FingerprintParts, leaves, shown } from "../../run/fingerprint-parts.ts";
import type { Io } from "../io.ts";

/** What `evals show --fingerprint` was asked. */
export interface ShowFingerprintOptions {
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `evals show <run> --fingerprint`: what a run's fingerprint rests on; with a second run, which parts differ. */
export async function showFingerprintCommand(
  options: ShowFingerprintOptions,
  word: string,
  other: string | undefined,
  io: Io,
): Promise<number> {
  const { root } = locate(io, options.directory);
  const store = await openStoredHistory(root, io);
  try {
    const run = findRun(store, word);
    const parts = partsOfRun(store, run);
    const second = other === undefined ? null : findRun(store, other);
    if (second === null) {
      io.stdout(options.json === true ? partsJson(run.header.id, parts) : partsText(run.header.id, parts));
      return EXIT.ok;
    }
    const differences = differingParts(parts, partsOfRun(store, second));
    const ids = [run.header.id, second.header.id] as const;
    const prints = [run.header.fingerprint, second.header.fingerprint] as const;
    io.stdout(
      options.json === true
        ? documentText({
            schema: "evals.show/1",
            exit: EXIT.ok,
            runs: ids,
            fingerprints: prints,
            differences,
          })
        : differencesText(ids, prints, differences),
    );
    return EXIT.ok;
  } finally {
    store.close();
  }
}

/** A second run without `--fingerprint` would silently be ignored. */
export function refuseSecondRun(other: string | undefined): void {
  if (other === undefined) return;
  throw new EvalsError({
    code: "EVALS_USAGE",
    what: "evals show takes one run; two are compared by their fingerprints.",
    why: "What to show of the second one would be a guess.",
    fix: "evals show <a> <b> --fingerprint, or evals diff <a> <b>",
  });
}

const NOT_IN_IT = "not in it: alias, gate, trials, concurrency, price, timeout, formatting";

function partsText(id: string, parts: FingerprintParts): string {
  const { fingerprint, prompt, request, target, dataset, cases, scorers } = parts;
  const lines = [
    `${id}  ${plainLine(parts.label)}`,
    `fingerprint ${fingerprint}`,
    "",
    ...block("prompt", prompt === null || prompt === undefined ? ["none"] : [prompt]),
    ...block("request", request === null ? ["none: the answers were made elsewhere"] : values(request)),
    ...block("target", target === null ? ["not kept by the version that made this run"] : values(target)),
    ...block("dataset", [
      `${dataset ?? "unknown"}, ${plural(cases.size, "case")}, contents ${contentsOf(parts).slice(0, 12)}`,
    ]),
    ...scorers.flatMap(({ name, required, hash, identity }) =>
      block("scorer", [
        `${name}${required ? "" : ", not required"}, ${hash.slice(0, 12)}`,
        ...(identity === null ? [] : values(identity).map((line) => `  ${line}`)),
      ]),
    ),
    "",
    `  ${NOT_IN_IT}`,
  ];
  return `${lines.join("\n")}\n`;
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${(at === 0 ? title : "").padEnd(9)}${plainLine(line)}`);
}

function values(json: Parameters<typeof leaves>[0]): string[] {
  const lines = [...leaves(json)].map(([path, value]) => `${path} ${shown(value)}`);
  return lines.length === 0 ? ["nothing beside what a case asks"] : lines;
}

/** One hash over all cases: equal for two runs that asked the same questions. */
function contentsOf({ cases }: FingerprintParts): string {
  return hashJson([...cases].map(([id, { content }]) => [id, content]).sort());
}

function partsJson(id: string, parts: FingerprintParts): string {
  const { fingerprint, prompt, request, target, dataset, cases, scorers } = parts;
  return documentText({
    schema: "evals.show/1",
    exit: EXIT.ok,
    run: id,
    fingerprint,
    parts: {
      prompt: prompt ?? null,
      request,
      target,
      dataset: { path: dataset, cases: cases.size, contents: contentsOf(parts) },
      scorers,
    },
  });
}

function differencesText(
  [a, b]: readonly [string, string],
  [was, is]: readonly [string, string],
  differences: readonly PartDifference[],
): string {
  if (was === is) return `${a} and ${b} have the same fingerprint ${was.slice(0, 12)}.\n`;
  const lines = differences.map(({ part, said }) => `  ${part.padEnd(9)}${plainLine(said)}`);
  return [`${a} → ${b}  fingerprint ${was.slice(0, 12)} → ${is.slice(0, 12)}`, "", ...lines, ""].join("\n");
}
