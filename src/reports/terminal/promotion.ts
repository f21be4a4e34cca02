import type { PromotedSuite, Promotion } from "../../domain/promotion.ts";
import { percent, plural } from "../format-numbers.ts";
import { runName, sizeOf } from "../headline.ts";
import { plainLine } from "../plain-text.ts";

/** The result of a promotion or its dry run, and how to undo it. */
export function promotionText(promotion: Promotion): string {
  const { promoted, commit, tag, dry } = promotion;
  const made = dry
    ? [`  nothing was written${tag === null ? "" : `; the tag would be ${tag}`}`]
    : [
        ...(promoted.length === 0 ? ["Nothing to promote: every baseline is up to date."] : []),
        `  ${commit === null ? "nothing to commit: HEAD has this baseline already" : `commit ${commit.slice(0, 7)}`}${tag === null ? "" : `   tag ${tag}`}`,
        ...undoLines(promotion),
      ];
  return `${[...promoted.map((one) => suiteText(one, dry)), made.join("\n")].join("\n")}\n`;
}

function suiteText(one: PromotedSuite, dry: boolean): string {
  const { header, was, better, worse, pass_rate: rate, was_rate, accepted, grown } = one;
  const before = was === null ? "first baseline" : `was ${was}`;
  const moved = was === null ? "" : `   ${plural(better, "case")} better, ${worse} worse`;
  return [
    `${plainLine(runName(header))}  ${dry ? "would be the new baseline" : "new baseline"}  ${header.target}`,
    `  ${sizeOf(header)}, ${before}`,
    `  pass rate ${ratesText(was_rate, rate)}${moved}`,
    ...(accepted === null ? [] : [`  accepts the regression: ${plainLine(accepted.why)}`]),
    ...(grown === null ? [] : [`  ${grownText(grown)}`]),
    ...fileLines(one, dry),
  ].join("\n");
}

function ratesText(was: number | null, is: number | null): string {
  const now = is === null ? "unknown" : percent(is);
  if (was === null) return now;
  return `${is === null ? percent(was) : percent(was).replace(" %", "")} → ${now}`;
}

function grownText({ grown, replaced, added, dropped }: NonNullable<PromotedSuite["grown"]>): string {
  const parts = [
    `${plural(grown, "case")} got more trials`,
    ...(replaced > 0 ? [`${replaced} changed and start again with this run's trials`] : []),
    ...(added > 0 ? [`${added} are new`] : []),
    ...(dropped > 0 ? [`${dropped} are gone`] : []),
  ];
  return parts.join(", ");
}

function fileLines({ path, answers }: PromotedSuite, dry: boolean): string[] {
  const [wrote, removed] = dry ? ["would write", "would remove"] : ["wrote", "removed"];
  if (answers === null) return [`  ${wrote} ${path}`];
  if (answers.kept) return [`  ${wrote} ${path} and ${answers.path}`];
  return [
    `  ${wrote} ${path}`,
    `  ${removed} ${answers.path}: it contained answers of the old baseline; --with-answers writes new ones`,
  ];
}

function undoLines({ commit, tag }: Promotion): string[] {
  const steps = [
    ...(commit === null ? [] : ["git reset --keep HEAD~1"]),
    ...(tag === null ? [] : [`git tag -d ${tag}`]),
  ];
  return steps.length === 0 ? [] : [`  to undo: ${steps.join(" && ")}`];
}
