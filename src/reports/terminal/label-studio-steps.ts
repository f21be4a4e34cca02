/** The steps to use the files in Label Studio and to import its export. */
export function studioSteps(config: string, tasks: string, suite: string): string {
  return [
    "In Label Studio:",
    `  1. create a project; under Labeling Setup, Custom template, paste ${config}`,
    `  2. Import: ${tasks}`,
    "  3. when the answers are judged, export them as JSON, then run here",
    `     evals import labels ${suite} <file> --format label-studio`,
    "",
  ].join("\n");
}
