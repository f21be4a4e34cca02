import { type Checked, check } from "../../operations/check.ts";
import { formatProblem, formatProblems } from "../../project/format-problems.ts";
import { checkDocument } from "../../reports/json/check-json.ts";
import { documentText } from "../../reports/json/documents.ts";
import { checkedProjectText } from "../../reports/terminal/checked-project.ts";
import type { CheckCall } from "../declarations/check.ts";
import { folded } from "../folded.ts";
import type { Io } from "../io.ts";

/** `evals check`: reads every file and renders every prompt; needs no key and calls no model. */
export async function checkCommand({ io, options }: CheckCall): Promise<number> {
  const { directory, online = false } = options;
  const checked = await check(io, { directory, online });
  if (options.json === true) io.stdout(documentText(checkDocument(checked)));
  else {
    printProblems(io, checked);
    if (checked.problems.length === 0) io.stdout(await folded(io, checkedProjectText(checked)));
  }
  return checked.exit;
}

function printProblems(io: Io, { problems, warnings }: Checked): void {
  const width = io.stderrIsTerminal ? io.width : undefined;
  for (const one of warnings) io.stderr(`${formatProblem(one, "warning", width)}\n`);
  if (problems.length > 0) io.stderr(formatProblems(problems, "nothing was run", width));
}
