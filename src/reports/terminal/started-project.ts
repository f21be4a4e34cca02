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
    "There is already a project here, so the example was not added: it needs a model that this",
    "evalconfig.yaml does not define. To create it in a new folder: npx evals init <new folder>",
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
          `The files that were already in ${before.map((folder) => `${folder}/`).join(" and ")} are now part of this project; \`evals check\` reports what they lack.`,
          "",
        ]),
    "Next:",
    ...enter,
    ...(inRepository ? [] : [next("git init", "baselines and prompt versions live in git")]),
    next(run, "replays the example's recorded answers; no key is needed"),
    next("npx evals check", "validates every file"),
    "",
    "Where messages say `evals`, type `npx evals`, unless you installed it with --global.",
    "",
    "Then watch the gate block a prompt edit (exit code 1):",
    `  npx evals run ${before.length === 0 ? "" : `${name} `}--prompt ${name}@${edited} --baseline prompt:${name}@${released}`,
  ];
}
