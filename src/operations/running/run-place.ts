import type { Project } from "../../domain/project.ts";
import { ambiguityNote, type NamedCommit } from "../../git/find-commit.ts";
import { type Head, readHead } from "../../git/repository.ts";
import type { SuiteOverrides } from "../../project/suite-reading.ts";
import type { Environment } from "../environment.ts";
import { locate, type OpenProjectOptions, openProject } from "../project/open-project.ts";

/** Where a run's files are read: in the work tree, or in a checkout of a commit. */
export interface RunPlace {
  readonly project: Project;
  /** Project root of the work tree: store and baselines are always there. */
  readonly home: string;
  /** Loads the same files with another prompt or model. @throws {EvalsError} with every mistake of every file */
  readonly load: (overrides: SuiteOverrides) => Promise<Project>;
  /** The git state that is stored with the run; null outside git. It is read while the run is planned. */
  readonly head: Promise<Head | null>;
  /** The commit that is run; null for the work tree. */
  readonly at: NamedCommit | null;
  /** Adjusts the location of a mistake so that the user finds the file, for instance `main:evals/triage.yaml`. */
  mistake(error: unknown): unknown;
  remove(): void;
}

/**
 * The work tree, or the files of the commit named by `--at`, checked out for the duration of the run.
 *
 * @throws {EvalsError} with every mistake of every file
 */
export async function openRunPlace(
  io: Environment,
  { ref, ...options }: OpenProjectOptions & { readonly ref: string | undefined },
): Promise<RunPlace> {
  if (ref === undefined) {
    const project = await openProject(io, options);
    const { root } = project;
    return {
      project,
      load: (overrides) => openProject(io, { ...options, overrides }),
      home: root,
      head: readHead(root),
      at: null,
      mistake: (error) => error,
      remove: () => {},
    };
  }
  const { checkOutProject, placedAt, requireCommit } = await import("../project/project-at.ts");
  const { root } = locate(io, options.directory);
  const at = await requireCommit(root, ref);
  const note = ambiguityNote(at);
  if (note !== null) io.notice(note);
  const { project, load, remove } = await checkOutProject(io, root, at, options);
  const head = Promise.resolve({ commit: at.commit, branch: null, dirty: false });
  return { project, load, home: root, head, at, mistake: (error) => placedAt(error, at), remove };
}
