import type { StartedFile, StartedProject } from "../../domain/started-project.ts";

/**
 * The report of `evals init`: what was created, and the next commands.
 *
 * @param folder as typed; undefined for the working directory
 */
export function startedProjectText(project: StartedProject, folder: string | undefined): string {
  const enter = folder === undefined ? [] : [`  cd ${folder}`];
  const files = project.files.map(fileLine);
  const next =
    project.example === null ? besideProject(enter) : besideExample(project, project.example, enter);
  return [...files, "", ...next, ""].join("\n");
}

function fileLine(file: StartedFile): string {
  return file.how === "extended"
    ? `  added    ${file.lines.join(" and ")} to ${file.path}`
    : `  ${file.how.padEnd(7)}  ${file.path}`;
}

function besideProject(enter: readonly string[]): string[] {
  return [
    "There is a project here already. The example was not added: it answers from a model of its own, which this",
    "evalconfig.yaml does not have. In a folder of its own it runs: npx evals init <new folder>",
    "",
    "Next:",
    ...enter,
    "  npx evals check     validates every file",
  ];
}

function besideExample(
  { inRepository }: StartedProject,
  { name, released, edited, foldersBefore: before }: NonNullable<StartedProject["example"]>,
  enter: readonly string[],
): string[] {
  const run = before.length === 0 ? "npx evals run" : `npx evals run ${name}`;
  const width = Math.max(19, run.length + 1);
  const next = (command: string, about: string): string => `  ${command.padEnd(width)} ${about}`;
  return [
    ...(before.length === 0
      ? []
      : [
          `What was in ${before.map((folder) => `${folder}/`).join(" and ")} before belongs to this project now; check tells what it lacks.`,
          "",
        ]),
    "Next:",
    ...enter,
    ...(inRepository ? [] : [next("git init", "baselines and prompt versions live in git")]),
    next(run, "replays the example's recorded answers; no key is needed"),
    next("npx evals check", "validates every file"),
    "",
    "Messages say evals; type npx evals unless it is installed with --global.",
    "",
    "Then see the edit of a prompt being blocked (exit code 1):",
    `  npx evals run ${before.length === 0 ? "" : `${name} `}--prompt ${name}@${edited} --baseline prompt:${name}@${released}`,
  ];
}
