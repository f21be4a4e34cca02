import type { Label } from "../../domain/label.ts";
import { answerHash } from "../label-file.ts";
import type { JudgeVerdict } from "../verdict-file.ts";

/** An answer of a length that has nothing to do with its verdict. */
export function answerOf(id: string): string {
  return `answer of ${id}${" again".repeat(Number.parseInt(answerHash(id).slice(0, 1), 16))}`;
}

/** A label of a case's answer, with default values that `changes` replaces. */
export function label(id: string, verdict: Label["verdict"], changes: Partial<Label> = {}): Label {
  const answer = changes.answer ?? answerOf(id);
  return {
    case: id,
    answer_hash: answerHash(answer),
    answer,
    rater: "ana",
    verdict,
    at: "2025-03-01T12:00:00.000Z",
    picked: "random",
    weight: 1,
    ...changes,
  };
}

/** A judge's verdict on the answer that `label` uses for the same case. */
export function verdict(
  id: string,
  judged: "pass" | "fail",
  changes: Partial<JudgeVerdict> & { readonly answer?: string } = {},
): JudgeVerdict {
  const { answer = answerOf(id), ...more } = changes;
  return { case: id, answer_hash: answerHash(answer), repeat: 1, verdict: judged, ...more };
}

/** Labels and verdicts that have these confusion counts; people's labels are the truth. */
export function table(counts: { tp: number; fp: number; fn: number; tn: number }) {
  const labels: Label[] = [];
  const verdicts: JudgeVerdict[] = [];
  const add = (many: number, truth: "pass" | "fail", judged: "pass" | "fail"): void => {
    for (let i = 0; i < many; i++) {
      const id = `${truth}-${judged}-${i}`;
      labels.push(label(id, truth));
      verdicts.push(verdict(id, judged));
    }
  };
  add(counts.tp, "pass", "pass");
  add(counts.fn, "pass", "fail");
  add(counts.fp, "fail", "pass");
  add(counts.tn, "fail", "fail");
  return { labels, verdicts };
}
