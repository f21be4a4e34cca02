import type { Side } from "../../baselines/side.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { LoadedModel, Project } from "../../domain/project.ts";
import { recordedModel } from "../../domain/project.ts";
import { namedVersion, type PromptVersion } from "../../domain/prompt.ts";
import type { DeclaredChange, MajorChange } from "../../domain/prompt-change.ts";
import { isMadeElsewhere } from "../../domain/recorded-provider.ts";
import { readAtCommit, resolveCommit } from "../../git/repository.ts";
import { readPromptFile } from "../../project/find-prompt.ts";
import {
  changedModel,
  changedParameters,
  distinctChanges,
  majorChanges,
} from "../../project/major-changes.ts";
import { parsePrompt } from "../../project/parse-prompt.ts";
import { type NamedVersion, versionChange } from "../../project/version-change.ts";
import { workTree } from "../../project/work-tree.ts";
import { scorerHash } from "../../run/fingerprint.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { readProjectAt } from "../project/project-at.ts";

/** What is known about one side of a comparison: its prompt, model, scorers and request. */
export interface SideFacts {
  readonly suite: string;
  /** Null for the only model of a suite when its alias is unknown. */
  readonly alias: string | null;
  /** Null without a prompt. A baseline may record only the version. */
  readonly prompt: { readonly name: string | null; readonly version: string } | null;
  /** The model's name; null when answers were made elsewhere. */
  readonly label: string | null;
  /** Scorers by name. `schema`: whether the scorer defines the answer's format; always false for a baseline. */
  readonly scorers: ReadonlyMap<string, { readonly hash: string; readonly schema: boolean }>;
  /** A complete request of this side, which shows its tools and answer format; null when not available. */
  readonly request: Json;
  /** The commit with the side's files; null when unknown. */
  readonly commit: string | null;
}

const isSchema = (type: string): boolean => type === "json-schema";

export async function factsOfRun({ read }: Store, { no, header }: StoredRun): Promise<SideFacts> {
  return {
    suite: header.suite,
    alias: header.alias,
    prompt: header.prompt,
    label: isMadeElsewhere(header.provider) ? null : header.model,
    scorers: new Map(header.scorers.map(({ name, hash, type }) => [name, { hash, schema: isSchema(type) }])),
    request: header.cases === 0 ? null : await read.request(no, 0),
    commit: header.dirty === false ? header.commit : null,
  };
}

export function factsOfPlan({ suite, model, target, scorers, count, asks, request }: Plan): SideFacts {
  return {
    suite: suite.name,
    alias: model.alias,
    prompt: namedVersion(suite.prompt),
    label: model.provider.answersFrom === "outputs" ? null : target.label,
    scorers: new Map(
      scorers.map((one, index) => [
        one.name,
        { hash: scorerHash(one), schema: isSchema(suite.scorers[index]?.definition.type ?? "") },
      ]),
    ),
    request: asks && count > 0 ? request(0) : null,
    commit: null,
  };
}

/** What a baseline file says about its side. @param alias null unless the suite lists several models */
export function factsOfBaseline(side: Side, alias: string | null, commit: string | null): SideFacts {
  return {
    suite: side.suite,
    alias,
    prompt: side.prompt,
    label: side.model,
    scorers: new Map([...side.scores].map(([name, { hash }]) => [name, { hash, schema: false }])),
    request: null,
    commit,
  };
}

/** Where to read the files of prompt versions. */
export interface Files {
  readonly io: Environment;
  /** Project root of the work tree. */
  readonly home: string;
  /** Project root from which the candidate was read, if different. */
  readonly root?: string;
}

/**
 * The version bump between the prompts of two sides, and the other changes that need a major version. Null when both
 * have the same version, a version's file cannot be found, or the step between the versions is not a declared bump.
 */
export async function declaredChange(
  base: SideFacts,
  candidate: SideFacts,
  files: Files,
): Promise<DeclaredChange | null> {
  const name = candidate.prompt?.name ?? base.prompt?.name ?? null;
  const [from, to] = [named(base, name), named(candidate, name)];
  const change = from === null || to === null ? null : await versionChange(from, to);
  if (change === null || from === null || to === null) return null;
  const before = await versionFile(from, base.commit, files);
  const after = await versionFile(to, candidate.commit, files);
  if (before === null || after === null) return null;
  const changes = [
    ...(await majorChanges(before, after)),
    ...changedModel(base.label, candidate.label),
    ...changedSchemas(base, candidate),
    ...changedParameters(...(await requestsOf(base, candidate, files))),
  ];
  return { change, changes: distinctChanges(changes) };
}

function named({ prompt }: SideFacts, name: string | null): NamedVersion | null {
  const own = prompt?.name ?? name;
  return prompt === null || own === null ? null : { name: own, version: prompt.version };
}

async function versionFile(
  { name, version }: NamedVersion,
  commit: string | null,
  { home, root }: Files,
): Promise<PromptVersion | null> {
  const file = { name, version, path: `prompts/${name}/${version}.md` };
  try {
    for (const place of new Set([root ?? home, home])) {
      const files = workTree(place);
      if (files.exists(file.path)) return readPromptFile(files, file);
    }
    const text = commit === null ? null : await readAtCommit(home, commit, file.path);
    return text === null ? null : parsePrompt(text, file);
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

function changedSchemas(base: SideFacts, candidate: SideFacts): MajorChange[] {
  return [...candidate.scorers].flatMap(([name, { hash, schema }]) => {
    const before = base.scorers.get(name);
    return before === undefined || before.hash === hash || !(schema || before.schema)
      ? []
      : [{ what: "output schema" as const, said: `the schema of ${name} changed` }];
  });
}

/** The request of each side; for a side without a stored request, its model's parameters from the config. */
async function requestsOf(base: SideFacts, candidate: SideFacts, files: Files): Promise<[Json, Json]> {
  if (base.request !== null && candidate.request !== null) return [base.request, candidate.request];
  const known = async (side: SideFacts): Promise<Json> => side.request ?? (await parametersAt(side, files));
  return [await known(base), await known(candidate)];
}

/** The parameters of a side's model, from the config at the side's commit; null when it cannot be read. */
async function parametersAt({ suite, alias, commit, label }: SideFacts, { io, home }: Files): Promise<Json> {
  if (label === null || commit === null) return null;
  try {
    const hash = await resolveCommit(home, commit);
    if (hash === null) return null;
    const project = await readProjectAt(io, home, { word: commit, commit: hash }, { suites: [suite] });
    const model = alias === null ? project.suites[0]?.models[0] : project.models.get(alias);
    return model === undefined ? null : parametersOf(model, project);
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

function parametersOf(model: LoadedModel, project: Project): Json {
  const asked = recordedModel(model, project.models);
  return (asked.settings as { params?: Json }).params ?? null;
}
