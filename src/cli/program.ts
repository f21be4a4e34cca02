import { Command, CommanderError, Option } from "commander";
import { didYouMean } from "../domain/did-you-mean.ts";
import { EvalsError } from "../domain/problem.ts";
import { IMPORTERS } from "../operations/importing/importers.ts";
import { requireDirectory } from "../operations/project/working-directory.ts";
import { repairFirst } from "../operations/promoting/repair-first.ts";
import { GROUP, START_HERE, withExamples } from "./command-help.ts";
import { EXIT } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { givenTwice, onceEach } from "./options-once.ts";
import { endOf } from "./usage-mistake.ts";

declare const EVALS_VERSION: string;

const list = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Commands and options; each command's own module is loaded when it is called. */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const program = buildProgram(io, (exit) => {
    code = exit;
  });
  if (args.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    throw error;
  }
  return code;
}

function buildProgram(io: Io, done: (exit: number) => void): Command {
  const program = new Command("evals")
    .description(
      "Runs golden datasets through scorers, compares with a baseline in git, and says how sure it is.",
    )
    .version(EVALS_VERSION, "-v, --version")
    .option("-C <dir>", "work in this directory")
    .addHelpText("after", START_HERE)
    .configureOutput({ writeOut: io.stdout, writeErr: () => {} })
    .showSuggestionAfterError();
  onceEach(program).exitOverride(endOf(program));
  program.enablePositionalOptions(false);
  const add: Add = (command, act) =>
    onceEach(withExamples(command).option("-C <dir>", "work in this directory"))
      .exitOverride(endOf(command))
      .configureOutput({ writeOut: io.stdout, writeErr: () => {} })
      .action(async (...given: unknown[]) => {
        if (program.opts().C !== undefined && command.opts().C !== undefined)
          throw givenTwice("-C", program.opts().C, command.opts().C);
        const options = { ...program.opts(), ...command.opts() } as Record<string, unknown>;
        requireDirectory(io, options.C as string | undefined);
        await repairFirst(io, options.C as string | undefined);
        done(await act({ ...options, directory: options.C }, given.slice(0, -2)));
      });

  program.commandsGroup(GROUP.start).helpCommand("help [command]", "display help for command");
  add(
    program
      .command("init")
      .description("make a project here that runs without a key; nothing is overwritten")
      .argument("[dir]", "directory, made when it is not there"),
    async (options, [dir]) =>
      (await import("./commands/init.ts")).initCommand(options, dir as string | undefined, io),
  );
  add(
    program
      .command("check")
      .description("validate every file without a model call")
      .option("--online", "ask OpenAI and Anthropic which models they list")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options) => (await import("./commands/check.ts")).checkCommand(options, io),
  );
  add(
    runOptions(
      program
        .command("run")
        .description("run suites, score, store, compare, gate")
        .argument("[suites...]", "all when left out"),
    ),
    async (options, [suites]) => (await import("./commands/run.ts")).runCommand({ ...options, suites }, io),
  );
  add(
    program
      .command("diff")
      .description("compare two sides: what broke, what was fixed, and how sure that is")
      .argument("<a>", "the baseline: run:ID, latest, prompt:name@1.2.0, ref:main, file:outputs.jsonl")
      .argument("[b]", "the candidate; latest when left out; one run alone stands against its own baseline")
      .option("--run-missing", "run what a commit or prompt version has no result of")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [a, b]) =>
      (await import("./commands/diff.ts")).diffCommand(options, String(a), b as string | undefined, io),
  );
  add(
    program
      .command("split")
      .description("move the cases and the prompt that a suite's file holds into files of their own")
      .argument("<suite>")
      .option("--name <name>", "of the dataset and the prompt; the suite's when left out")
      .option("--json", "one JSON document on stdout"),
    async (options, [suite]) =>
      (await import("./commands/split.ts")).splitCommand(options, String(suite), io),
  );
  program.commandsGroup(GROUP.look);
  add(
    program
      .command("history")
      .description("past runs")
      .argument("[suite]")
      .option("--limit <n>", "so many, newest first", "20")
      .option("--flaky", "with a suite: its flaky cases, flakiest first")
      .option("--csv", "one line a run, for a spreadsheet")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [suite]) =>
      (await import("./commands/history.ts")).historyCommand(options, suite as string | undefined, io),
  );
  add(
    program
      .command("power")
      .description("how many cases × trials detect a given drop, from the suite's own history")
      .argument("<suite>")
      .option("--drop <share>", "the drop to detect, 0.03 for 3 points; the suite's max_drop when left out")
      .option("--power <chance>", "the chance to detect it; 0.8 when left out")
      .option("--pass-rate <share>", "instead of the history's")
      .option("--correlation <r>", "how far trials of a case agree, 0 to 1, instead of the history's")
      .option("--cases <n>", "instead of the suite's")
      .option("--trials <k>", "instead of the suite's")
      .option("--baseline-trials <m>", "trials of each case in the baseline")
      .option("--model <alias>", "history of this model")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [suite]) =>
      (await import("./commands/power.ts")).powerCommand(options, String(suite), io),
  );
  add(
    program
      .command("show")
      .description("one run, one case over its trials, or one trial with its whole transcript")
      .argument("<run>", "run id, a prefix of it, or latest; run/case or run/case/trial")
      .argument("[other]", "with --fingerprint: another run")
      .option("--failing", "cases that do not always pass")
      .option("--case <id>", "one case over its trials")
      .option("--trial <n>", "one trial of that case, whole")
      .option("--fingerprint", "what the run's fingerprint rests on; with a second run, which parts differ")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [run, other]) => {
      const second = other as string | undefined;
      const fingerprints = await import("./commands/show-fingerprint.ts");
      if (options.fingerprint === true)
        return fingerprints.showFingerprintCommand(options, String(run), second, io);
      fingerprints.refuseSecondRun(second);
      return (await import("./commands/show.ts")).showCommand(options, String(run), io);
    },
  );
  program.commandsGroup(GROUP.baseline);
  add(
    program
      .command("promote")
      .description("make a complete run of committed inputs the baseline, in one commit")
      .argument("[run]", "the newest of each suite when left out")
      .option("--as <name>", "tag the commit evals/<name>")
      .option("--message <why>", "why, for the commit and the tag")
      .option("--accept <why>", "accept the regression against the present baseline")
      .option("--add", "add the run's own trials to cases whose keys are unchanged")
      .option("--with-answers", "keep the distinct answers beside the baseline")
      .option("--dry-run", "show what would be written")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [run]) =>
      (await import("./commands/promote.ts")).promoteCommand(options, run as string | undefined, io),
  );
  add(
    program
      .command("rollback")
      .description("restore everything that a promoted tag covered, in one commit, and prove it")
      .argument("<tag>", "its name, with or without evals/")
      .option("--message <why>", "why, for the commit")
      .option("--dry-run", "show what would change")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [tag]) =>
      (await import("./commands/rollback.ts")).rollbackCommand(options, String(tag), io),
  );
  add(
    program
      .command("log")
      .description("who promoted or rolled back what, when and why")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options) => (await import("./commands/log.ts")).logCommand(options, io),
  );
  addPromptCommands(program, add, io);
  program.commandsGroup(GROUP.look);
  add(
    program
      .command("rescore")
      .description(
        "score stored answers again with today's scorers; judges are asked what they have not said yet",
      )
      .argument("<run>", "run id, a prefix of it, or latest")
      .option("--yes", "ask judges whatever it costs; the price is told first")
      .option("--budget <usd>", "ask judges for at most so many dollars")
      .option("--replay", "answer for judges from fixtures/<alias>.jsonl")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [run]) =>
      (await import("./commands/rescore.ts")).rescoreCommand(options, String(run), io),
  );
  program.commandsGroup(GROUP.judges);
  add(
    program
      .command("label")
      .description("judge answers of a run yourself, on a page of this machine made for the keyboard")
      .argument("<suite|run>", "a suite's newest run, or a run id, a prefix of it, or latest")
      .option("--rater <name>", "who judges; git's user.email when left out")
      .option("--count <n>", "so many answers; 50 when left out")
      .option("--random", "any answer with the same chance: the default")
      .option("--stratified", "as many of those that the judge passed as of those that it failed")
      .option("--disputed", "where judge and people, or judges among themselves, disagree most")
      .option("--adjudicate", "settle where raters disagree, with what each of them said in view")
      .option("--tag <tag>", "only cases with this tag; may be repeated", list)
      .option("--judge <name>", "the judge or scorer whose question is answered, where the suite has several")
      .option("--assign <judge>", "ask nothing: say of labels without a judge that they are of this one")
      .option("--port <p>", "serve the page on this port; any free one when left out")
      .option("--no-open", "print the address and open no browser"),
    async (options, [word]) => (await import("./commands/label.ts")).labelCommand(options, String(word), io),
  );
  add(
    program
      .command("calibrate")
      .description("what a judge is worth, by what people say of the same answers; the gate goes by it")
      .argument("<judge>", "its name; name@1.2.0 for another version than the suite's")
      .option("--suite <name>", "whose labels; the only one that has labels when left out")
      .option("--repeats <n>", "verdicts of each answer, to see whether the judge agrees with itself", "1")
      .option("--check", "judge the labelled answers again: has the judge drifted? exit 1 when it has")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [judge]) =>
      (await import("./commands/calibrate.ts")).calibrateCommand(options, String(judge), io),
  );
  const exporting = groupOf(program.command("export").description("write labels as other tools read them"));
  add(
    exporting
      .command("labels")
      .description("the answers that a person would be asked, and the labels there are, for another tool")
      .argument("<suite|run>", "a suite's newest run, or a run id, a prefix of it, or latest")
      .requiredOption("--format <name>", "label-studio, csv")
      .option(
        "--output <file>",
        "when left out, csv goes to stdout and, on a terminal, like label-studio to .evals/exports/",
      )
      .option("--judge <name>", "the judge or scorer whose question is answered, where the suite has several")
      .option("--count <n>", "so many answers; 50 when left out")
      .option("--random", "any answer with the same chance: the default")
      .option("--stratified", "as many of those that the judge passed as of those that it failed")
      .option("--tag <tag>", "only cases with this tag; may be repeated", list),
    async (options, [word]) =>
      (await import("./commands/export-labels.ts")).exportLabelsCommand(options, String(word), io),
  );
  addImportCommands(program, add, io);
  program.commandsGroup(GROUP.look);
  add(
    program
      .command("report")
      .description("write a past run as a document: a page, a comment, JUnit or JSON")
      .argument("<run>", "run id, a prefix of it, or latest")
      .option("--format <name>", "html, markdown, junit, json; as --output ends, else html")
      .option("--output <file>", "instead of stdout; html goes to .evals/reports/ when left out"),
    async (options, [run]) => (await import("./commands/report.ts")).reportCommand(options, String(run), io),
  );
  return program;
}

function addImportCommands(program: Command, add: Add, io: Io): void {
  const importing = groupOf(
    program.command("import").description("bring over what other tools wrote: suites, datasets, labels"),
  );
  add(
    importing
      .command("labels")
      .description("other people's judgements, into the labels of a suite; twice changes nothing")
      .argument("<suite>")
      .argument("<file>", "what Label Studio exported as JSON, or a table with the columns of the export")
      .requiredOption("--format <name>", "label-studio, csv")
      .option("--rater <name|id=name>", "who judged where the file does not say; or a user's name", list)
      .option("--judge <name>", "the judge or scorer that labels are of where the file does not say")
      .option("--json", "one JSON document on stdout"),
    async (options, [suite, file]) =>
      (await import("./commands/import-labels.ts")).importLabelsCommand(
        options,
        String(suite),
        String(file),
        io,
      ),
  );
  for (const entry of IMPORTERS) {
    const command = importing
      .command(entry.name)
      .description(entry.about)
      .argument(entry.sources, entry.sourcesAbout)
      .option("--out <dir>", "make the project in this folder; by default in the project around")
      .option("--name <name>", "what the suite is called; by default as the file or its folder");
    for (const { flags, about, repeated } of entry.options ?? [])
      if (repeated === true) command.option(flags, about, list);
      else command.option(flags, about);
    command.option("--dry-run", "show what would be written").option("--json", "one JSON document on stdout");
    add(command, async (options, [sources]) =>
      (await import("./commands/import.ts")).importCommand(entry, options, [sources].flat().map(String), io),
    );
  }
}

/** A command that is only the first word of others. */
const groupOf = (command: Command): Command =>
  withExamples(command).helpCommand(false).exitOverride(endOf(command));

/** Adds a command: its common options, and what it does. */
type Add = (
  command: Command,
  act: (options: Record<string, unknown>, args: readonly unknown[]) => Promise<number>,
) => Command;

function addPromptCommands(program: Command, add: Add, io: Io): void {
  const prompt = add(
    program
      .command("prompt")
      .description("versions of prompts: write the next, compare two, list all")
      .usage("<command> [options]")
      .allowUnknownOption()
      .allowExcessArguments()
      .argument("[command]", "new, diff or list"),
    async (_, [word]) => {
      if (word !== undefined) throw unknownPromptCommand(String(word));
      prompt.outputHelp();
      return EXIT.ok;
    },
  );
  add(
    prompt
      .command("new")
      .description("copy the newest version to the next number")
      .argument("<name>")
      .requiredOption("--bump <level>", "what the change declares: patch, minor or major")
      .option("--json", "one JSON document on stdout"),
    async (options, [name]) =>
      (await import("./commands/prompt-new.ts")).promptNewCommand(options, String(name), io),
  );
  add(
    prompt
      .command("diff")
      .description("two versions side by side: words, variables, roles, pinned context")
      .argument("<a>", "name@1.2.0; a name alone: its last two versions")
      .argument("[b]", "name@1.3.0 or 1.3.0; the newest when left out")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [a, b]) =>
      (await import("./commands/prompt-diff.ts")).promptDiffCommand(
        options,
        String(a),
        b as string | undefined,
        io,
      ),
  );
  add(
    prompt
      .command("list")
      .description("every version: who, why, published or not, where it is used, what it measured last")
      .argument("[name]")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
    async (options, [name]) =>
      (await import("./commands/prompt-list.ts")).promptListCommand(options, name as string | undefined, io),
  );
}

function unknownPromptCommand(word: string): EvalsError {
  return new EvalsError({
    code: "EVALS_COMMAND_UNKNOWN",
    what: `Unknown command "prompt ${word}".${didYouMean(word, ["new", "diff", "list"])}`,
    why: "Nothing is guessed: a misread command could ask a model for money.",
    fix: "evals prompt new, evals prompt diff or evals prompt list",
  });
}

function runOptions(command: Command): Command {
  return command
    .option("--at <ref>", "as suites, prompts and datasets stood at this commit, branch or tag")
    .option("--model <alias>", "instead of the suite's model; may be repeated: one run each", list)
    .option(
      "--prompt <spec>",
      "instead of the suite's prompt: name, name@1.2.0, name@^1; may be repeated: one run each",
      list,
    )
    .option("--trials <k>", "trials of each case")
    .option("--case <id>", "only this case; may be repeated", list)
    .option("--tag <tag>", "only cases with this tag; may be repeated", list)
    .option("--shard <i/n>", "the i-th of n parts")
    .option("--concurrency <n>", "trials in flight at once")
    .option("--budget <usd>", "stop before spending more")
    .option("--baseline <side>", "compare with this; none for no comparison")
    .option("--all-trials", "do not stop early")
    .option("--no-cache", "ask again even what was answered before")
    .option("--record", "write what the model says to fixtures/<alias>.jsonl")
    .option("--replay", "answer from fixtures/<alias>.jsonl")
    .option("--resume", "go on with the newest run of this plan")
    .addOption(new Option("--run <id>", "with --resume: another run than the newest"))
    .option(
      "--reporter <name[=file]>",
      "terminal, json, junit, markdown, github, html; may be repeated",
      list,
    )
    .option("--json", "one JSON document on stdout, progress on stderr")
    .option("--quiet", "no progress")
    .option("--no-color", "no colour");
}
