import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedSuite, Project } from "../domain/project.ts";

/** A suite with a mistake, as far as it could be read. */
export interface UnfinishedSuite {
  readonly suite: LoadedSuite;
  /** Whether prompt and cases can be checked against it; otherwise only its scorers can be opened. */
  readonly whole: boolean;
}

/** Mistakes in a project's files, with what could be read, in which there may be more of them. */
export class UnreadProject extends EvalsError {
  /** With the suites that have no mistake; its models are those without one. */
  readonly project: Project;
  readonly unfinished: readonly UnfinishedSuite[];
  /** Whether a model is missing because of its own mistake: then nobody can say which alias does not exist. */
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
