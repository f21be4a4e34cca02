import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

/** The contexts that expressions in a workflow can read. */
export interface RunnerContext {
  readonly github: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface JobPlace {
  /** Folder of the checkout. */
  readonly cwd: string;
  /** A folder for the runner's own files. */
  readonly temp: string;
  /** Folder of programs that come first on the PATH. */
  readonly bin: string;
  /** Variables that the runner sets for every step. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Fakes of third-party actions, by name without owner and version: each makes the outputs from the inputs. A step with
   * an action that has no fake is skipped.
   */
  readonly fakes?: Readonly<
    Record<string, (given: Readonly<Record<string, string>>) => Record<string, string>>
  >;
}

/** A step that was run, and how it ended. */
export interface RanStep {
  readonly name: string;
  readonly code: number;
  readonly out: string;
}

/** The workflow on a documentation page: the YAML block whose first line is `# <file>`. */
export function workflowOf(page: string, file: string): string {
  const found = Array.from(page.matchAll(/^```yaml\n# (\S+)\n(.*?)^```$/gms)).find(
    ([, name]) => name === file,
  );
  if (found?.[2] === undefined) throw new Error(`the page has no ${file}`);
  return found[2];
}

/** Writes programs for the PATH of a job. @param programs name to text of a bash script */
export function putPrograms(bin: string, programs: Readonly<Record<string, string>>): void {
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${text}`);
    chmodSync(join(bin, name), 0o755);
  }
}

/**
 * Runs the steps of a job as a GitHub runner does: shell steps and the action of this repository. Third-party
 * actions are replaced by the fakes in `place.fakes`.
 *
 * @returns the steps that ran, up to the first that failed
 */
export function runJob(steps: readonly Step[], context: RunnerContext, place: JobPlace): RanStep[] {
  const ran: RanStep[] = [];
  const outputs: Record<string, { outputs: Record<string, string> }> = {};
  for (const step of steps) {
    const scope = { ...context, steps: outputs, runner: { os: "Linux" } };
    const failed = ran.some(({ code }) => code !== 0);
    if (failed ? !/always\(\)/.test(step.if ?? "") : !holds(step.if, scope)) continue;
    const env = { ...place.env, ...filled(step.env ?? {}, scope) };
    if (step.uses !== undefined && /^\.\/(?:node_modules\/git-evals)?$/.test(step.uses)) {
      ran.push(...runAction(filled(step.with ?? {}, scope), context, { ...place, env }));
    }
    const other = place.fakes?.[/^[\w-]+\/([\w-]+)@/.exec(step.uses ?? "")?.[1] ?? ""];
    if (other !== undefined && step.id !== undefined)
      outputs[step.id] = { outputs: other(filled(step.with ?? {}, scope)) };
    if (step.run === undefined) continue;
    const folder = resolve(place.cwd, fill(step["working-directory"] ?? ".", scope));
    const one = runStep(fill(step.run, scope), folder, { ...place, env });
    ran.push({ ...one, name: step.name ?? step.run });
    if (step.id !== undefined) outputs[step.id] = { outputs: one.outputs };
  }
  return ran;
}

function runAction(
  given: Readonly<Record<string, string>>,
  context: RunnerContext,
  place: JobPlace,
): RanStep[] {
  const action = parse(readFileSync(join(PACKAGE, "action.yml"), "utf8")) as {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
    readonly runs: { readonly steps: readonly Step[] };
  };
  for (const name of Object.keys(given)) if (!(name in action.inputs)) throw new Error(`no input ${name}`);
  const defaults = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [name, fill(input.default, context)]),
  );
  return runJob(action.runs.steps, { ...context, inputs: { ...defaults, ...given } }, place);
}

function runStep(script: string, cwd: string, { temp, bin, env }: JobPlace) {
  const output = join(temp, "output");
  writeFileSync(output, "");
  writeFileSync(join(temp, "step.sh"), script);
  appendFileSync(join(temp, "summary.md"), "");
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", join(temp, "step.sh")],
    {
      cwd,
      encoding: "utf8",
      env: {
        ...process.env,
        ...env,
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: join(temp, "summary.md"),
      },
    },
  );
  const lines = readFileSync(output, "utf8").trim().split("\n");
  const outputs = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return { code: status ?? 1, out: stdout + stderr, outputs };
}

function filled(values: Readonly<Record<string, string>>, scope: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fill(String(value), scope)]),
  );
}

function fill(text: string, scope: object): string {
  return text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, path: string) => lookUp(path, scope));
}

function lookUp(path: string, scope: object): string {
  let here: unknown = scope;
  for (const step of path.split(".")) here = (here as Record<string, unknown> | undefined)?.[step];
  return here === undefined || here === null ? "" : String(here);
}

/** Evaluates a condition. Only what our workflows use is supported: comparisons joined by `&&`. */
function holds(condition: string | undefined, scope: object): boolean {
  if (condition === undefined) return true;
  return condition.split("&&").every((text) => {
    if (text.trim() === "always()") return true;
    const [, path = "", sign, value] = /^\s*([\w.-]+) *(==|!=) *'([^']*)'\s*$/.exec(text) ?? [];
    if (sign === undefined) throw new Error(`not a condition that the test understands: ${text}`);
    return (lookUp(path, scope) === value) === (sign === "==");
  });
}
