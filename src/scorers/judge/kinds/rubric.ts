import type { JudgeScope } from "../../../domain/judge.ts";
import type { Criterion, JudgeSettings } from "../../../domain/judge-settings.ts";
import { rounded } from "../../frame/brief.ts";
import type { JudgeKind } from "../judge-kind.ts";
import {
  type Reading,
  type ReplyForm,
  reaches,
  scoreForm,
  UnusableReply,
  verdictForm,
} from "../reply-form.ts";

export const rubric: JudgeKind = {
  kind: "rubric",
  about:
    "Each of the file's `criteria` is judged alone, in a question of its own. The score is the weighted mean of the criteria, or 0 when a criterion with `must` fails. With a `scale`, each criterion is scored on the scale, and fails below the threshold.",
  version: 1,
  needs: { body: "optional", criteria: "required", scale: "optional" },
  reads: [],
  threshold: ({ scale }) => (scale === undefined ? 1 : "required"),
  binary: ({ criteria = [], scale }) => criteria.length === 1 && scale === undefined,
  messages: ({ scale }) => [
    {
      role: "system",
      template: `You judge one answer of an assistant by one criterion alone.
{{ instructions }}
Criterion "{{ criterion.name }}": {{ criterion.text }}
${scale === undefined ? "" : "\nScale:\n{{ scale }}\n"}
Other merits and faults of the answer do not count.`,
    },
    { role: "user", template: "{{ material }}" },
  ],
  questions: ({ criteria = [], scale }) =>
    criteria.map((criterion, index) => ({
      form: {
        ...(scale === undefined ? verdictForm({ pass: 1, fail: 0 }) : scoreForm(scale)),
        pick: (reply) => entryFor(reply, criterion, index, criteria.length),
      } satisfies ReplyForm,
      scope: (): JudgeScope => ({ criterion: { name: criterion.name, text: criterion.text } }),
    })),
  conclude: weighted,
};

/**
 * Some models answer all criteria at once. In such a reply, the entry for this criterion is found by its name or,
 * when the entries have no names, by its position. Undefined for any other reply.
 */
function entryFor(reply: unknown, { name }: Criterion, index: number, count: number): unknown {
  const list = Array.isArray(reply) ? reply : (reply as { criteria?: unknown } | null)?.criteria;
  if (!Array.isArray(list)) return undefined;
  const nameOf = (one: Entry): unknown => one?.name ?? one?.criterion;
  const named = (list as readonly Entry[]).filter((one) => nameOf(one) === name);
  if (named.length > 1) throw new UnusableReply(`contradicts itself: it judges "${name}" twice`);
  const nameless = list.length === count && !list.some((one: Entry) => nameOf(one) !== undefined);
  return nameless ? list[index] : named[0];
}

type Entry = { readonly name?: unknown; readonly criterion?: unknown } | null;

function weighted(readings: readonly Reading[], { criteria = [], threshold = 1 }: JudgeSettings): Reading {
  let sum = 0;
  let weights = 0;
  const missed: string[] = [];
  const words = criteria.map(({ name, weight, must }, index) => {
    const { score, reason } = readings[index] as Reading;
    sum += weight * score;
    weights += weight;
    if (must && !reaches(score, threshold)) missed.push(name);
    return `${name} ${rounded(score)} (${reason})`;
  });
  const score = missed.length > 0 ? 0 : sum / weights;
  const why = missed.length > 0 ? `must-have missed: ${missed.join(", ")}; ` : "";
  return { score, reason: `${why}${words.join("; ")}` };
}
