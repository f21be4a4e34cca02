import type { RunHeader } from "./run.ts";

type Resumed = Pick<RunHeader, "id" | "suite" | "repeated_options">;

/**
 * The command that resumes a run. It has the run's id: without the id, the options that chose prompt, model, trials or
 * cases would have to be typed again. It repeats the options that limit or change how the run goes on, so that a pasted
 * command never asks more than the one that was stopped. A suite's name that needs quotes in a shell is left out,
 * because the id is enough.
 *
 * @param more options to add; one that the run has with another value takes its place
 */
export function resumeCommand(
  { id, suite, repeated_options: options = [] }: Resumed,
  more: readonly string[] = [],
): string {
  const named = /^[\w./-]+$/.test(suite) ? [suite] : [];
  const added = new Set(more.map(nameOf));
  const kept = options.filter((one) => !added.has(nameOf(one)));
  return ["evals run", ...named, `--resume --run ${id}`, ...kept, ...more].join(" ");
}

/** Whether a run was started, or resumed last, with this option: `--budget`. */
export function hasOption(
  { repeated_options: options = [] }: Pick<RunHeader, "repeated_options">,
  name: string,
): boolean {
  return options.some((one) => nameOf(one) === name);
}

const nameOf = (option: string): string => option.split(" ", 1)[0] ?? option;
