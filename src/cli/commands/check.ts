import { type Checked, check } from "../../operations/check.ts";
import { formatProblem, formatProblems } from "../../project/format-problems.ts";
import { checkDocument } from "../../reports/json/check-json.ts";
import { documentText } from "../../reports/json/documents.ts";
import { checkedProjectText } from "../../reports/terminal/checked-project.ts";
import type { CheckCall } from "../declarations/check.ts";
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

/** A text with its lines folded into the terminal, if there is one. */
async function folded(io: Io, text: string): Promise<string> {
  if (!io.stdoutIsTerminal || text.split("\n").every((line) => line.length <= io.width)) return text;
  const { fold } = await import("../../reports/terminal/fold.ts");
  return text
    .split("\n")
    .flatMap((line) => fold(line, io.width))
    .join("\n");
}

function printProblems(io: Io, { problems, warnings }: Checked): void {
  const width = io.stderrIsTerminal ? io.width : undefined;
  for (const one of warnings) io.stderr(`${formatProblem(one, "warning", width)}\n`);
  if (problems.length > 0) io.stderr(formatProblems(problems, "nothing was run", width));
}
