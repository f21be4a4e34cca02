import { type Checked, check } from "../../operations/check.ts";
import { formatProblem, formatProblems } from "../../project/format-problems.ts";
import { plural } from "../../reports/format-numbers.ts";
import { checkDocument } from "../../reports/json/check-json.ts";
import { documentText } from "../../reports/json/documents.ts";
import type { Io } from "../io.ts";

/** Options of `evals check`, as typed. */
export interface CheckOptions {
  readonly directory?: string | undefined;
  readonly online?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `evals check`: every file is read and every prompt rendered; no key is needed and no model is asked. */
export async function checkCommand(options: CheckOptions, io: Io): Promise<number> {
  const { directory, online = false } = options;
  const checked = await check(io, { directory, online });
  if (options.json === true) io.stdout(documentText(checkDocument(checked)));
  else print(io, checked);
  return checked.exit;
}

function print(io: Io, { problems, warnings, suites, cases, unpriced }: Checked): void {
  const width = io.stderrIsTerminal ? io.width : undefined;
  for (const one of warnings) io.stderr(`${formatProblem(one, "warning", width)}\n`);
  if (problems.length > 0) {
    io.stderr(formatProblems(problems, "nothing was run", width));
    return;
  }
  const warned = warnings.length === 0 ? "" : `, ${plural(warnings.length, "warning")}`;
  io.stdout(`OK  ${plural(suites, "suite")}, ${plural(cases, "case")}${warned}\n`);
  if (unpriced.length > 0)
    io.stdout(
      `No price is known for ${unpriced.join(", ")}: costs are unknown, and no budget in dollars can be kept.\n`,
    );
}
