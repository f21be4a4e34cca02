import { execFileSync } from "node:child_process";
import { delimiter, dirname } from "node:path";
import type { Scenario } from "./scenario.ts";

/** One command of a documentation page: a line, possibly with the lines of its here-document. */
interface Step {
  readonly command: string;
  readonly exit: number;
}

/** Matches the comment that states a command's exit code when it is not 0. */
const EXIT = / # exit (\d+)$/;

/** The commands of all shell blocks of a page, in order. */
export function stepsOf(page: string): Step[] {
  const blocks = Array.from(page.matchAll(/^```sh\n(.*?)^```$/gms), ([, block = ""]) => block);
  return blocks.flatMap((block) => {
    const steps: string[] = [];
    let heredoc = false;
    for (const line of block.trimEnd().split("\n")) {
      if (heredoc) steps.push(`${steps.pop()}\n${line}`);
      else steps.push(line);
      if (line.includes("<<'END'")) heredoc = true;
      else if (line === "END") heredoc = false;
    }
    return steps.map((line) => ({
      command: line.replace(EXIT, ""),
      exit: Number(EXIT.exec(line)?.[1] ?? 0),
    }));
  });
}

/** Author of the commits that a page makes. */
const GIT = {
  GIT_AUTHOR_NAME: "Reader",
  GIT_AUTHOR_EMAIL: "reader@example.com",
  GIT_COMMITTER_NAME: "Reader",
  GIT_COMMITTER_EMAIL: "reader@example.com",
};

/**
 * Runs the commands of a page one after the other.
 *
 * @returns each command with its output
 * @throws at the first exit code that the page does not mention
 */
export async function walkThrough(page: string, at: Scenario): Promise<string> {
  const printed: string[] = [];
  const saved = Object.fromEntries(Object.keys(GIT).map((name) => [name, process.env[name]]));
  Object.assign(process.env, GIT);
  try {
    for (const { command, exit } of stepsOf(page)) {
      if (command.startsWith("evals ")) {
        const ended = await at.evals(command.slice("evals ".length), { env: process.env });
        printed.push(`$ ${command}\n${ended.stdout}${ended.stderr}`);
        if (ended.exit !== exit)
          throw new Error(`${printed.at(-1)}exit ${ended.exit}, the page says ${exit}`);
      } else {
        const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
        execFileSync("sh", ["-c", command], { cwd: at.root, env: { ...process.env, PATH }, stdio: "pipe" });
      }
    }
  } finally {
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  return printed.join("\n");
}
