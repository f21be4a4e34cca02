/** The steps to use the files in Label Studio and to import its export. */
export function studioSteps(config: string, tasks: string, suite: string): string {
  return [
    "In Label Studio:",
    `  1. a new project, Labeling Setup, Custom template: paste ${config}`,
    `  2. Import: ${tasks}`,
    "  3. when it is judged, Export, JSON, and here",
    `     evals import labels ${suite} <file> --format label-studio`,
    "",
  ].join("\n");
}
