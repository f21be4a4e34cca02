import type { GrownBaseline } from "../baselines/make-baseline.ts";
import { movedBy, type PromotedRun, type PromotionPlan } from "../baselines/promotion.ts";
import { percent, plural } from "../reports/format-numbers.ts";
import { runName } from "../reports/headline.ts";
import { documentText } from "../reports/json/documents.ts";
import { plainLine } from "../reports/plain-text.ts";
import { EXIT } from "./exit-code.ts";

/** What `evals promote` says. @param dry nothing was written */
export function promotionText(
  plan: PromotionPlan,
  commit: string | null,
  { dry }: { readonly dry: boolean },
): string {
  const blocks = plan.runs.map((one) => {
    const { better, worse } = movedBy(one);
    const was = one.before === null ? "first baseline" : `was ${one.before.header.target}`;
    const moved = one.before === null ? "" : `   ${plural(better, "case")} better, ${worse} worse`;
    const rate = one.metrics.pass_rate?.value;
    return [
      `${plainLine(runName(one.header))}  ${dry ? "would be the new baseline" : "new baseline"}  ${one.header.target}`,
      `  ${plural(one.after.cases.length, "case")} × ${one.header.trials}, ${was}`,
      `  pass rate ${rate === null || rate === undefined ? "unknown" : percent(rate)}${moved}`,
      ...(one.accepted === null ? [] : [`  accepts the regression: ${plainLine(one.accepted.why)}`]),
      ...(one.grown === null ? [] : [`  ${grownText(one.grown)}`]),
      ...filesText(one, dry),
    ].join("\n");
  });
  const made = dry
    ? [`  nothing was written${plan.tag === null ? "" : `; the tag would be ${plan.tag.name}`}`]
    : [
        ...(plan.runs.length === 0 ? ["Nothing to promote: every baseline stands as it is."] : []),
        `  ${commit === null ? "no change to commit: this baseline is in HEAD" : `commit ${commit.slice(0, 7)}`}${plan.tag === null ? "" : `   tag ${plan.tag.name}`}`,
        ...undo(plan, commit),
      ];
  return `${[...blocks, made.join("\n")].join("\n")}\n`;
}

function grownText({ grown, replaced, added, dropped }: GrownBaseline): string {
  const parts = [
    `${plural(grown, "case")} got more trials`,
    ...(replaced > 0 ? [`${replaced} changed and start anew`] : []),
    ...(added > 0 ? [`${added} are new`] : []),
    ...(dropped > 0 ? [`${dropped} are gone`] : []),
  ];
  return parts.join(", ");
}

function filesText({ path, answers }: PromotedRun, dry: boolean): string[] {
  const [wrote, removed] = dry ? ["would write", "would remove"] : ["wrote", "removed"];
  if (answers === null) return [`  ${wrote} ${path}`];
  if (answers.text !== null) return [`  ${wrote} ${path} and ${answers.path}`];
  return [
    `  ${wrote} ${path}`,
    `  ${removed} ${answers.path}: it held answers of the old baseline; --with-answers writes new ones`,
  ];
}

function undo({ tag }: PromotionPlan, commit: string | null): string[] {
  const steps = [
    ...(commit === null ? [] : ["git reset --keep HEAD~1"]),
    ...(tag === null ? [] : [`git tag -d ${tag.name}`]),
  ];
  return steps.length === 0 ? [] : [`  to undo: ${steps.join(" && ")}`];
}

export function promotionJson(plan: PromotionPlan, commit: string | null): string {
  const promoted = plan.runs.map((one) => ({
    suite: one.header.suite,
    run: one.header.id,
    fingerprint: one.header.fingerprint,
    path: one.path,
    cases: one.after.cases.length,
    accepted: one.accepted,
    ...movedBy(one),
  }));
  const tag = plan.tag?.name ?? null;
  return documentText({ schema: "evals.promote/1", exit: EXIT.ok, commit, tag, promoted });
}
