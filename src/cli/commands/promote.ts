import { parseBaseline } from "../../baselines/baseline-file.ts";
import { baselineOfRun, growBaseline } from "../../baselines/make-baseline.ts";
import { movedBy, type PromotedRun, type PromotionPlan, planPromotion } from "../../baselines/promotion.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { Metrics } from "../../domain/run.ts";
import { commitFiles, finishInterrupted } from "../../git/commit-files.ts";
import { readAtCommit, resolveCommit, userOfGit } from "../../git/repository.ts";
import { percent, plural } from "../../reports/format-numbers.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { answersFile } from "../answers-file.ts";
import { baselineRoot, baselineSide } from "../baseline-side.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import type { Io } from "../io.ts";
import { locate, openProject } from "../open-project.ts";
import { type Covered, checkPromotable, newestRuns } from "../promotable.ts";

interface PromoteOptions {
  readonly directory?: string;
  readonly as?: string;
  readonly message?: string;
  readonly accept?: string;
  readonly add?: boolean;
  readonly withAnswers?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `evals promote [run]`: a complete run of committed inputs becomes the baseline, in one commit. */
export async function promoteCommand(
  raw: Record<string, unknown>,
  word: string | undefined,
  io: Io,
): Promise<number> {
  const options = raw as PromoteOptions;
  checkName(options.as);
  const { root } = locate(io, options.directory);
  await requireCommit(root);
  if (options.dryRun !== true) await finishInterrupted(root);
  const store = await openStore(root, () => io.date().getTime());
  try {
    const runs = word === undefined ? newestRuns(store) : [findRun(store, word)];
    const project = await openProject(io, {
      directory: options.directory,
      suites: runs.map((run) => run.header.suite),
    });
    const covered = await checkPromotable(project, runs, { explicit: word !== undefined });
    const promoted = await Promise.all(
      covered.map((one) => promotedRun(one, { project, store, options, io })),
    );
    const files = [...new Set(covered.flatMap((one) => one.files))].sort();
    const plan = planPromotion(promoted, {
      name: options.as ?? null,
      why: options.message ?? options.accept ?? null,
      who: await userOfGit(root),
      at: io.date().toISOString(),
      files,
    });
    const commit = options.dryRun === true ? null : await commitFiles(root, plan);
    if (options.json === true) io.stdout(jsonOf(plan, commit));
    else io.stdout(textOf(plan, commit, options));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

function checkName(name: string | undefined): void {
  if (
    name === undefined ||
    (/^[\w][\w.\-/]*$/.test(name) && !name.includes("..") && !/(\.lock|\/|\.)$/.test(name))
  )
    return;
  throw new EvalsError({
    code: "EVALS_TAG_NAME",
    what: `"${name}" cannot be the name of a tag.`,
    why: "The promotion is tagged evals/<name>, and git refuses such names.",
    fix: "--as v1.2.0, or any name of letters, digits, dots and dashes",
  });
}

async function requireCommit(root: string): Promise<void> {
  if ((await resolveCommit(root, "HEAD")) !== null) return;
  throw new EvalsError({
    code: "EVALS_GIT_NO_COMMIT",
    what: "This is not a git repository with a commit.",
    why: "A baseline is promoted by committing it beside the files that it was made from.",
    fix: "git init && git add -A && git commit -m start",
  });
}

interface Making {
  readonly project: Project;
  readonly store: Store;
  readonly options: PromoteOptions;
  readonly io: Io;
}

async function promotedRun({ run, path }: Covered, making: Making): Promise<PromotedRun> {
  const { project, store, options } = making;
  const { header } = run;
  const cases = store.cases(run.no);
  const text = await readAtCommit(project.root, "HEAD", path);
  const before = text === null ? null : parseBaseline(text, path);
  const whole = baselineOfRun(header, cases, store.scan(run.no));
  const grown =
    options.add === true && before !== null
      ? growBaseline(before, whole, baselineOfRun(header, cases, store.scan(run.no), { fresh: true }))
          .baseline
      : whole;
  const accepted =
    options.accept === undefined ? undefined : await acceptedChange(run, path, options.accept, making);
  const { metrics } = (run.report ?? {}) as { metrics?: Metrics };
  return {
    header,
    path,
    before,
    after: { ...grown, header: { ...grown.header, ...(accepted === undefined ? {} : { accepted }) } },
    pass_rate: metrics?.pass_rate,
    answers: options.withAnswers === true ? answersFile(store, run, path) : null,
  };
}

/** What a reviewer approves by merging: from the baseline that the gate would use, to this run. */
async function acceptedChange(run: StoredRun, path: string, why: string, { project, store, io }: Making) {
  const { header } = run;
  const side = await baselineSide({
    store,
    root: project.root,
    env: io.env,
    suite: header.suite,
    alias: header.one_of_several ? header.alias : null,
    option: undefined,
  });
  const from = side.arm?.fingerprint ?? (await promotedRoot(project.root, path));
  if (from === null) {
    throw new EvalsError({
      code: "EVALS_PROMOTE_NOTHING_TO_ACCEPT",
      what: `${header.suite} has no baseline yet, so there is no regression to accept.`,
      why: "An accepted change is written down as from one baseline to another.",
      fix: "evals promote, without --accept",
    });
  }
  return { from, to: header.fingerprint, why };
}

async function promotedRoot(root: string, path: string): Promise<string | null> {
  const text = await readAtCommit(root, "HEAD", path);
  return text === null ? null : baselineRoot(parseBaseline(text, path));
}

function textOf(plan: PromotionPlan, commit: string | null, options: PromoteOptions): string {
  const dry = options.dryRun === true;
  const blocks = plan.runs.map((one) => {
    const { better, worse } = movedBy(one);
    const was = one.before === null ? "first baseline" : `was ${one.before.header.target}`;
    const moved = one.before === null ? "" : `   ${plural(better, "case")} better, ${worse} worse`;
    const rate = one.pass_rate?.value;
    return [
      `${one.header.suite}  ${dry ? "would be the new baseline" : "new baseline"}  ${one.header.target}, ${plural(one.after.cases.length, "case")} × ${one.header.trials} (${was})`,
      `  pass rate ${rate === null || rate === undefined ? "unknown" : percent(rate)}${moved}`,
      ...(one.after.header.accepted === undefined
        ? []
        : [`  accepts the regression: ${one.after.header.accepted.why}`]),
      `  ${dry ? "would write" : "wrote"} ${one.path}${one.answers === null ? "" : ` and ${one.answers.path}`}`,
    ].join("\n");
  });
  const made = dry
    ? [`  nothing was written${plan.tag === null ? "" : `; the tag would be ${plan.tag.name}`}`]
    : [
        `  ${commit === null ? "no change to commit: this baseline is in HEAD" : `commit ${commit.slice(0, 7)}`}${plan.tag === null ? "" : `   tag ${plan.tag.name}`}`,
        ...undo(plan, commit),
      ];
  return `${[...blocks, made.join("\n")].join("\n")}\n`;
}

function undo({ tag }: PromotionPlan, commit: string | null): string[] {
  const steps = [
    ...(commit === null ? [] : ["git reset --keep HEAD~1"]),
    ...(tag === null ? [] : [`git tag -d ${tag.name}`]),
  ];
  return steps.length === 0 ? [] : [`  to undo: ${steps.join(" && ")}`];
}

function jsonOf(plan: PromotionPlan, commit: string | null): string {
  const promoted = plan.runs.map((one) => ({
    suite: one.header.suite,
    run: one.header.id,
    fingerprint: one.header.fingerprint,
    path: one.path,
    cases: one.after.cases.length,
    accepted: one.after.header.accepted ?? null,
    ...movedBy(one),
  }));
  return `${JSON.stringify({ schema: "evals.promote/1", exit: EXIT.ok, commit, tag: plan.tag?.name ?? null, promoted }, null, 2)}\n`;
}
