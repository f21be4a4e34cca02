import { resolve } from "node:path";
import type { Case } from "../domain/case.ts";
import { FAILURE_CLASSES, type FailureClass } from "../domain/failure.ts";
import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import { DATASET_ENDINGS } from "../project/dataset-formats.ts";
import { caseOpener } from "../project/open-cases.ts";
import { resolveDataset } from "../project/resolve-dataset.ts";
import { workTree } from "../project/work-tree.ts";
import type { Environment } from "./environment.ts";
import { shownFrom, writePieces } from "./exporting/write-export.ts";
import { locate } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { isCandidatesPath } from "./sampling/candidate-file.ts";
import { textOfInput } from "./sampling/case-inputs.ts";

export interface ExportCorrectionsInput {
  readonly directory?: string | undefined;
  /** Names of datasets as suites write them; empty for every dataset in `datasets/`. */
  readonly datasets: readonly string[];
  /** Path of the file to write, relative to the working directory. */
  readonly out?: string | undefined;
  /** Receives the lines when `out` is not given. */
  readonly print?: ((text: string) => void) | undefined;
}

export interface ExportedCorrections {
  readonly corrections: number;
  /** Number of corrections by failure class. Corrections without a stated class are counted under `unknown`. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>;
  /** Datasets whose texts must not be exported. */
  readonly restricted: readonly string[];
  /** Path of the written file, relative to the working directory; null when the lines were printed. */
  readonly file: string | null;
}

/**
 * Exports the answers that people said production should have given, as chat lines for fine-tuning.
 *
 * @throws {EvalsError} for a dataset that cannot be read, a file that cannot be written, or when no answer is found
 */
export async function exportCorrections(
  io: Environment,
  { directory, datasets, out, print }: ExportCorrectionsInput,
): Promise<ExportedCorrections> {
  const { root, gitRoot } = locate(io, directory);
  const cwd = resolve(io.cwd, directory ?? ".");
  const files = workTree(root, gitRoot ?? root);
  const paths =
    datasets.length > 0
      ? datasets.map((name) => resolveDataset(files, name))
      : files
          .list("datasets")
          .map(({ path }) => path)
          .filter((path) => DATASET_ENDINGS.some((one) => path.endsWith(one)) && !isCandidatesPath(path));
  const isRestricted = restrictedRuns(root);
  const restricted = paths.filter((dataset) =>
    isRestricted({ parts: { dataset, target: null, scorers: [] } }),
  );
  const corrected: Case[] = [];
  for (const path of paths.filter((one) => !restricted.includes(one))) {
    const cases = await (await caseOpener(files, path))();
    try {
      for (let at = 0; at < cases.count; at++) {
        const golden = cases.read(at);
        if (isCorrection(golden)) corrected.push(golden);
      }
    } finally {
      cases.close();
    }
  }
  if (corrected.length === 0) throw noCorrections(restricted);
  for (const path of restricted)
    io.notice(`The dataset ${path} is restricted: its corrections are left out.`);
  const file =
    out === undefined && print !== undefined ? null : resolve(cwd, out ?? ".evals/exports/corrections.jsonl");
  const lines = corrected.map(lineOf);
  if (file === null) for (const line of lines) print?.(line);
  else await writePieces(file, lines);
  const failures: Partial<Record<FailureClass, number>> = {};
  for (const { metadata } of corrected) {
    const why = classOf(metadata.failure);
    failures[why] = (failures[why] ?? 0) + 1;
  }
  return {
    corrections: corrected.length,
    failures,
    restricted,
    file: file === null ? null : shownFrom(cwd, file),
  };
}

/** Whether a case has both production's wrong answer and the right one. */
function isCorrection({ expected, metadata: { right, was } }: Case): boolean {
  return expected !== undefined && right === false && typeof was === "string";
}

const classOf = (value: Json | undefined): FailureClass =>
  FAILURE_CLASSES.find((one) => one === value) ?? "unknown";

/** One exported line, `{"messages": […]}`: the user's message of each turn, then the right answer. */
function lineOf({ input, expected }: Case): string {
  const answer = typeof expected === "string" ? expected : JSON.stringify(expected);
  const asked = turnsOf(input).map((content) => ({ role: "user", content }));
  return `${JSON.stringify({ messages: [...asked, { role: "assistant", content: answer }] })}\n`;
}

function turnsOf(input: Json): readonly string[] {
  const { turns } = (input !== null && typeof input === "object" ? input : {}) as { readonly turns?: Json };
  return Array.isArray(turns) ? turns.map(textOfInput) : [textOfInput(input)];
}

function noCorrections(restricted: readonly string[]): EvalsError {
  return new EvalsError({
    code: "EVALS_CORRECTIONS_NONE",
    what:
      restricted.length === 0
        ? "No case has both a wrong answer from production and the right answer."
        : `No case has both a wrong answer from production and the right answer, except cases of restricted datasets (${restricted.join(", ")}).`,
    why: "A correction arises when a person reviews a candidate drawn from traffic and writes the right answer.",
    fix: "evals sample <dataset> --errors --worst 20, then evals label datasets/<dataset>.candidates.jsonl",
  });
}
