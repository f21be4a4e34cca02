import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedSuite, Project } from "../domain/project.ts";

/** A suite with a mistake, as far as it could be read. */
export interface UnfinishedSuite {
  readonly suite: LoadedSuite;
  /** Whether prompt and cases can be checked against the suite; otherwise only the suite's scorers can be opened. */
  readonly whole: boolean;
}

/**
 * The mistakes in a project's files. The error also has the parts of the project that could be read, so that these
 * parts can be checked further.
 */
export class UnreadProject extends EvalsError {
  /** The project with only the suites and models that have no mistake. */
  readonly project: Project;
  readonly unfinished: readonly UnfinishedSuite[];
  /**
   * Whether the config has mistakes, so that models may be missing from `project`. An alias that is not found may then
   * be the alias of such a model.
   */
  readonly modelsMissing: boolean;

  constructor(
    problems: readonly Problem[],
    read: Pick<UnreadProject, "project" | "unfinished" | "modelsMissing">,
  ) {
    super(problems);
    this.project = read.project;
    this.unfinished = read.unfinished;
    this.modelsMissing = read.modelsMissing;
  }
}
