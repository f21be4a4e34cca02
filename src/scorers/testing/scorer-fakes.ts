import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Case } from "../../domain/case.ts";
import type { JudgeHost } from "../../domain/judge.ts";
import type { ScoreInput } from "../../domain/scorer.ts";
import { usageOf } from "../../domain/transcript.ts";
import type { FramedScorer } from "../define-scorer.ts";
import type { ScorerExample } from "../frame/scorer-example.ts";
import { scorers } from "../registry.ts";

// For tests only.

const roots: string[] = [];

/** A folder with these files that a scorer takes for a git repository. @returns its absolute path */
export function fakeRepository(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "scorers-"));
  roots.push(root);
  mkdirSync(join(root, ".git"));
  for (const [path, text] of Object.entries(files)) writeRepositoryFile(root, path, text);
  return root;
}

export function writeRepositoryFile(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

export function removeRepositories(): void {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
}

export function fakeCase(parts: Partial<Case> = {}): Case {
  return { id: "case-1", input: "question", tags: [], metadata: {}, ...parts };
}

/** A scorer's input with this answer. Whatever else is not given is unknown. */
export function fakeInput(
  output: string,
  golden: Partial<Case> = {},
  { usage, ...transcript }: NonNullable<ScorerExample["transcript"]> = {},
): ScoreInput {
  return {
    golden: fakeCase(golden),
    trial: 1,
    transcript: {
      output,
      messages: [],
      tool_calls: [],
      usage: usageOf(usage ?? {}),
      latency_ms: null,
      cost_usd: null,
      model: null,
      finish_reason: null,
      refusal: null,
      ...transcript,
    },
  };
}

/** Reads settings as a suite does, and opens the scorer. */
export async function openScorer(
  settings: { readonly type: string; readonly [option: string]: unknown },
  {
    root = fakeRepository(),
    concurrency = 2,
    judges,
  }: { root?: string; concurrency?: number; judges?: JudgeHost | undefined } = {},
): Promise<FramedScorer> {
  const definition = await scorers.load(settings.type);
  if (definition === undefined) throw new Error(`no scorer type ${settings.type}`);
  return definition.open(definition.settings.parse(settings), {
    root,
    env: process.env,
    concurrency,
    judges,
  });
}
