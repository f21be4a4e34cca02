import { measureEscalation } from "../../operations/measure-escalation.ts";
import { type NumberOption, readNumber } from "../../operations/options/read-number.ts";
import { escalationDocument } from "../../reports/json/escalation.ts";
import { escalationText } from "../../reports/terminal/escalation.ts";
import type { EscalationCall } from "../declarations/escalation.ts";
import { printResult } from "../print-result.ts";

const TARGET = share("--target", 1, 0.95);
const ALPHA = share("--alpha", 0.999, 0.1);

/** `evals escalation <file|suite>`: finds the confidence from which on answers need no review by a person. */
export async function escalationCommand({ io, options, args: [source] }: EscalationCall): Promise<number> {
  const measured = await measureEscalation(io, {
    directory: options.directory,
    source,
    target: readNumber(options.target, TARGET) ?? 0.95,
    alpha: readNumber(options.alpha, ALPHA) ?? 0.1,
  });
  return printResult(io, options, {
    document: () => escalationDocument(measured),
    text: ({ style, width }) => escalationText(measured, style, width),
  });
}

function share(option: string, limit: number, example: number): NumberOption {
  return {
    option,
    expected: `a share from 0.001 to ${limit}`,
    isRight: (value) => value >= 0.001 && value <= limit,
    inPercent: true,
    why: "A misread share would give a threshold that sends too many or too few answers to people.",
    fix: `${option} ${example}`,
  };
}
