import type { Json } from "../domain/json.ts";
import type { Judged, JudgeFile, JudgeHost, SuiteJudge } from "../domain/judge.ts";
import type { Problem } from "../domain/problem.ts";
import type { ScoreInput } from "../domain/scorer.ts";
import type { Select } from "../domain/suite.ts";
import { Unselectable } from "./frame/parse-answer.ts";
import { operandOf } from "./frame/scorer-operand.ts";
import { compileSelect } from "./frame/select-part.ts";
import { judgeMistakes } from "./judge/judge-mistakes.ts";
import { openJudgeFile } from "./judge/open-judge-file.ts";

/** What a suite's entry says of a judge; the same entry judges the same way wherever it is asked. */
export interface JudgeEntry {
  /** An alias to ask instead of the judge's own. */
  readonly model?: string | undefined;
  readonly threshold?: number | undefined;
  /** Where in the case the retrieved texts are; default `metadata.context`. */
  readonly context?: string | undefined;
  /** Which part of the answer is judged; default the whole text. */
  readonly select?: Select | undefined;
  /** Where in the case the reference is; default `expected`. */
  readonly against?: string | undefined;
  /** A literal reference. */
  readonly value?: unknown;
}

/** Every mistake of a judge's file that needs its kind to be told. */
export function mistakesOfJudge(file: JudgeFile): readonly Problem[] {
  return judgeMistakes(file);
}

/**
 * Makes a judge ready to be asked about the answers of a suite. Nothing is asked yet, and no key is needed.
 *
 * @throws {SettingMistake} at a key of the entry
 * @throws {EvalsError} with the mistakes of the judge's file
 */
export async function openSuiteJudge(
  file: JudgeFile,
  entry: JudgeEntry,
  host: JudgeHost,
): Promise<SuiteJudge> {
  const { select, against, value } = entry;
  const literal = value as Json | undefined;
  const reference = operandOf<Json | undefined>(
    {
      ...(literal === undefined ? {} : { value: literal }),
      ...(against === undefined ? {} : { against }),
    },
    "optional",
    (one) => one,
  );
  const part = await compileSelect(select);
  const judge = await openJudgeFile(file, { ...entry, subject: subjectOf(entry) }, host);
  const put = (golden: ScoreInput["golden"]): ScoreInput["golden"] => {
    const expected = reference.of(golden);
    return expected === undefined ? golden : { ...golden, expected };
  };
  const replaced = literal !== undefined || against !== undefined;
  return {
    ...judge,
    reads: [...reference.reads, ...judge.reads.filter((path) => path !== "expected" || !replaced)],
    refuses: (golden) => reference.refuses(golden) ?? judge.refuses(put(golden)),
    judge: async (input, repeat): Promise<Judged> => {
      const output = part(input.transcript.output);
      if (output instanceof Unselectable) return { verdict: "fail", score: 0, reason: output.reason };
      const text = typeof output === "string" ? output : JSON.stringify(output);
      const transcript = { ...input.transcript, output: text };
      return judge.judge({ ...input, golden: put(input.golden), transcript }, repeat);
    },
  };
}

/** What of an entry decides what is judged, as part of the judge's hash. */
function subjectOf({ select, against, value }: JudgeEntry): { readonly [name: string]: Json } | undefined {
  const subject = {
    ...(select === undefined ? {} : { select: select as unknown as Json }),
    ...(value !== undefined ? { value: value as Json } : {}),
    ...(against === undefined || against === "expected" ? {} : { against }),
  };
  return Object.keys(subject).length === 0 ? undefined : subject;
}
