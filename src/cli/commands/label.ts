import type { Label } from "../../domain/label.ts";
import {
  answerKey,
  labelsPath,
  readLabels,
  removeLabel,
  saveLabel,
  whileNobodyWrites,
  writeLabels,
} from "../../labels/label-file.ts";
import { assignLabels, measuredScorers } from "../../labels/label-of.ts";
import { ADJUDICATED } from "../../labels/truth.ts";
import { runToLabel } from "../../operations/labelling/answers-of-run.ts";
import { judgeCriteria } from "../../operations/labelling/judge-criteria.ts";
import {
  judgeOfLabels,
  labelsBeside,
  measuredInRun,
  refuseUnknown,
} from "../../operations/labelling/judge-of-labels.ts";
import type { LabelOptions } from "../../operations/labelling/label-options.ts";
import {
  conflicts,
  countConflicts,
  knownQuestions,
  pickedQuestions,
} from "../../operations/labelling/label-questions.ts";
import { addressFile } from "../../operations/labelling/labelling-address.ts";
import { raterName } from "../../operations/labelling/rater-name.ts";
import { selfChecksFile } from "../../operations/labelling/self-checks-file.ts";
import { locate, openProject } from "../../operations/project/open-project.ts";
import { LabellingSession } from "../../page/labelling-session.ts";
import type { Question } from "../../page/labelling-shapes.ts";
import { plural } from "../../reports/format-numbers.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { openStore } from "../../store/open-store.ts";
import type { StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { readLabelOptions } from "../label-options.ts";
import { runLabelling } from "../run-labelling.ts";

/** `evals label`: a person judges answers of a run on a page of this machine; each label is kept at once. */
export async function labelCommand(raw: Record<string, unknown>, word: string, io: Io): Promise<number> {
  const options = readLabelOptions(raw);
  const place = locate(io, options.directory);
  const { root } = place;
  if (options.assign !== undefined) return assignCommand(options.assign, word, options.directory, io);
  const store = await openStore(root);
  try {
    const run = runToLabel(store, word);
    const { suite } = run.header;
    const person = await raterName(io, root, options.rater);
    const adjudicates = options.how === "adjudicate";
    const rater = adjudicates ? `${ADJUDICATED}${person}` : person;
    const scorers = measuredInRun(run.header);
    const of = judgeOfLabels(suite, options.judge, scorers);
    const labels = labelsBeside(readLabels(root, suite), of, scorers);
    const source = { store, run, rater, labels };
    const questions = adjudicates ? conflicts(source) : pickedQuestions(source, options);
    const told = { run, options, questions, person, labels, rater };
    const own = labels.filter((one) => one.rater === rater);
    const checks = selfChecksFile(root, suite);
    const session = new LabellingSession({
      ...{ suite, rater: person, questions, labels: own },
      purpose: adjudicates ? "adjudicate" : "label",
      criteria: await judgeCriteria(place, run.header, of),
      known: adjudicates ? [] : knownQuestions(source),
      checks: checks.read().filter((one) => one.rater === rater),
      book: {
        save: (label: Label) => saveLabel(root, suite, labelOfJudge({ ...label, rater }, of, labels)),
        remove: (label: Label) => removeLabel(root, suite, labelOfJudge({ ...label, rater }, of, labels)),
        noteCheck: checks.add,
        dropCheck: checks.remove,
      },
      ...{ now: io.date, random: io.random },
    });
    if (session.left === 0) {
      io.stdout(nothingLeft(told));
      return EXIT.ok;
    }
    io.stdout(opening(told));
    const address = addressFile(root, suite, rater);
    const code = await runLabelling(session, { io, address, port: options.port, open: options.open });
    io.stdout(closing(told, session, word));
    return code;
  } finally {
    store.close();
  }
}

/** With the judge that it is of; a label that takes the place of one without a judge stays without. */
function labelOfJudge(label: Label, of: string | undefined, there: readonly Label[]): Label {
  const before = there.find((one) => one.rater === label.rater && answerKey(one) === answerKey(label));
  const said = before === undefined ? of : before.of;
  return said === undefined ? label : { ...label, of: said };
}

/** `evals label <suite> --assign JUDGE`: labels that were made before say from now on which judge they are of. */
async function assignCommand(
  judge: string,
  suite: string,
  directory: string | undefined,
  io: Io,
): Promise<number> {
  const project = await openProject(io, { directory, suites: [suite] });
  const [loaded] = project.suites;
  refuseUnknown(suite, judge, measuredScorers(loaded?.suite.scorers ?? []));
  const changed = whileNobodyWrites(project.root, suite, () => {
    const before = readLabels(project.root, suite);
    const after = assignLabels(before, judge);
    const count = after.filter((label, index) => label !== before[index]).length;
    if (count > 0) writeLabels(project.root, suite, after);
    return count;
  });
  const path = labelsPath(suite);
  io.stdout(
    changed === 0
      ? `${path}: every label says already which judge it is of; nothing was changed\n`
      : `${path}: ${plural(changed, "label")} of ${judge} now; commit the file\nWhat they say of the judge: evals calibrate ${judge} --suite ${suite}\n`,
  );
  return EXIT.ok;
}

interface Told {
  readonly run: StoredRun;
  readonly options: LabelOptions;
  readonly questions: readonly Question[];
  readonly person: string;
  readonly labels: readonly Label[];
  readonly rater: string;
}

const HOW = {
  random: "picked at random",
  stratified: "picked from each stratum alike",
  disputed: "in dispute",
  adjudicate: "about which raters disagree",
} as const;

function opening(told: Told): string {
  const { run, options, questions, person, labels, rater } = told;
  const { suite, id } = run.header;
  const own = new Set(labels.filter((one) => one.rater === rater).map(answerKey));
  const already = questions.filter((one) => own.has(answerKey(one))).length;
  return [
    `${suite}, run ${id}: ${plural(questions.length, "answer")} ${HOW[options.how]}${already === 0 ? "" : `, ${already} of them judged already`}, for ${plainLine(person)}\n`,
    elsewhere(told),
    `Each label stands in ${labelsPath(suite)} the moment it is given.\nCtrl-C ends; the same command goes on.\n`,
  ].join("");
}

/** Conflicts about cases that the run does not have: there is nothing to show beside the answer. */
function elsewhere({ run, options, questions, labels }: Told): string {
  const more = options.how === "adjudicate" ? countConflicts(labels) - questions.length : 0;
  if (more <= 0) return "";
  return `${plural(more, "conflict")} left out: run ${run.header.id} does not have the case.\n`;
}

function nothingLeft(told: Told): string {
  const { run, options, questions, person } = told;
  const { suite, id } = run.header;
  if (options.how === "adjudicate")
    return `${suite}: no answer about which raters disagree is left.\n${elsewhere(told)}`;
  if (options.how === "disputed")
    return `${suite}, run ${id}: no answer in dispute is left that ${plainLine(person)} has not judged.\n`;
  const judge = options.judge === undefined ? "" : ` --judge ${options.judge}`;
  const more = `evals label ${suite}${judge} --count ${options.count * 2}`;
  return `${suite}, run ${id}: ${plainLine(person)} has judged all ${plural(questions.length, "answer")} ${HOW[options.how]}.\nTo go on, where the run has more: ${more}\n`;
}

function closing({ run, options, questions }: Told, session: LabellingSession, word: string): string {
  const { skipped, counts, agreement } = session.state();
  const { pass, fail, unsure } = counts;
  const judged = pass + fail + unsure;
  const all = run.header.scorers.flatMap((one) => one.judge?.name ?? []);
  const judges = new Set(all.filter((name) => options.judge === undefined || name === options.judge));
  return [
    `${judged} of ${questions.length} judged: ${pass} pass, ${fail} fail, ${unsure} unsure, ${skipped} skipped\n`,
    agreement === null ? "" : `Asked twice, the same answer ${agreement.same} of ${agreement.of} times.\n`,
    session.left > 0 || skipped > 0
      ? `To go on: the same command, evals label ${word}${options.judge === undefined ? "" : ` --judge ${options.judge}`}\n`
      : "",
    judged > 0 ? `The labels are in ${labelsPath(run.header.suite)}; commit them.\n` : "",
    ...[...(judged > 0 ? judges : [])].map((name) => `What they say of the judge: evals calibrate ${name}\n`),
  ].join("");
}
