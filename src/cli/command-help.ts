import type { Command } from "commander";
import { IMPORTERS } from "../operations/importing/importers.ts";

/** What stands below the list of commands: where to begin, what a script reads, where the rest is written. */
export const START_HERE = `
Start here:
  evals init       a project that runs at once, without a key
  evals run        ask, score, compare with the baseline; exit 1 when worse
  evals promote    make the newest run the baseline, in one commit

Exit codes: 0 passed · 1 the gate failed · 2 a mistake, nothing was run
            3 undecided or incomplete
Documentation: docs/ in the package git-evals, of it tutorial.md first`;

/** Headings of the list of commands, in the order of a person's first weeks. */
export const GROUP = {
  start: "Run and compare:",
  look: "Look closer:",
  baseline: "Baselines and prompts in git:",
  judges: "Judges and people:",
} as const;

/** Whole commands that can be typed as they stand, the most usual first. They name the suite of the documentation. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  "evals init": ["evals init", "evals init my-evals"],
  "evals check": ["evals check", "evals check --json"],
  "evals run": [
    "evals run",
    "evals run support-triage --trials 5",
    "evals run support-triage --prompt support-triage@1.2.0 --model small",
    "evals run support-triage --tag critical --baseline none",
    "evals run support-triage --resume",
  ],
  "evals diff": [
    "evals diff latest",
    "evals diff 3f9c a1b2",
    "evals diff prompt:support-triage@1.1.0 prompt:support-triage@1.2.0",
    "evals diff ref:main --run-missing",
    "evals diff file:outputs.jsonl",
  ],
  "evals split": ["evals split support-triage", "evals split support-triage --name tickets"],
  "evals history": [
    "evals history",
    "evals history support-triage --limit 5",
    "evals history support-triage --flaky",
  ],
  "evals power": ["evals power support-triage", "evals power support-triage --drop 0.02"],
  "evals show": [
    "evals show latest",
    "evals show latest --failing",
    "evals show latest/refund-07",
    "evals show latest/refund-07/1",
    "evals show 3f9c a1b2 --fingerprint",
  ],
  "evals promote": [
    "evals promote",
    'evals promote --as v1 --message "First release"',
    "evals promote --dry-run",
    'evals promote --accept "half the price, two points worse"',
  ],
  "evals rollback": ["evals rollback v1 --dry-run", 'evals rollback v1 --message "customers complained"'],
  "evals log": ["evals log"],
  "evals prompt": ["evals prompt list"],
  "evals prompt new": ["evals prompt new support-triage --bump minor"],
  "evals prompt diff": ["evals prompt diff support-triage", "evals prompt diff support-triage@1.1.0 1.2.0"],
  "evals prompt list": ["evals prompt list", "evals prompt list support-triage"],
  "evals rescore": ["evals rescore latest"],
  "evals label": ["evals label support-triage", "evals label support-triage --stratified --count 100"],
  "evals calibrate": ["evals calibrate politeness --suite support-triage"],
  "evals export": ["evals export labels support-triage --format csv"],
  "evals export labels": [
    "evals export labels support-triage --format csv --output labels.csv",
    "evals export labels support-triage --format label-studio",
  ],
  "evals import": ["evals import labels support-triage labels.csv --format csv"],
  ...Object.fromEntries(IMPORTERS.map(({ name, examples }) => [`evals import ${name}`, examples])),
  "evals import labels": ["evals import labels support-triage labels.csv --format csv"],
  "evals report": [
    "evals report latest",
    "evals report latest --format markdown",
    "evals report latest --output evals.xml",
  ],
};

/** `evals prompt new`: a command with those it belongs to. */
export const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

/** A whole command of this kind, for a person who typed half of one; undefined where there is none. */
export const exampleOf = (command: Command): string | undefined => EXAMPLES[nameOf(command)]?.[0];

/** Shows a command's examples below its options. */
export function withExamples(command: Command): Command {
  return command.addHelpText("after", () => {
    const examples = EXAMPLES[nameOf(command)] ?? [];
    return examples.length === 0 ? "" : `\nExamples:\n${examples.map((one) => `  ${one}`).join("\n")}`;
  });
}
