import { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import { describeIssues } from "./describe-issues.ts";

const NO_TAGS: readonly string[] = [];
const NO_METADATA: Case["metadata"] = {};

/** A case in a file, before defaults are added. */
export interface CaseDraft {
  readonly id: string;
  readonly input: Json;
  readonly expected?: Json;
  readonly tags?: readonly string[];
  readonly metadata?: Case["metadata"];
  readonly trials?: number;
  readonly scorers?: readonly string[];
}

/** Whether a parsed value is a valid case. Equivalent to the schema, but fast enough for a million lines. */
export function isCase(value: unknown): value is CaseDraft {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  let hasId = false;
  let hasInput = false;
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    switch (key) {
      case "id":
        if (typeof member !== "string" || member === "") return false;
        hasId = true;
        break;
      case "input":
        hasInput = true;
        break;
      case "expected":
        break;
      case "tags":
        if (!isTags(member)) return false;
        break;
      case "metadata":
        if (member === null || typeof member !== "object" || Array.isArray(member)) return false;
        break;
      case "trials":
        if (!isTrials(member)) return false;
        break;
      case "scorers":
        if (!isTags(member) || member.length === 0) return false;
        break;
      default:
        return false;
    }
  }
  return hasId && hasInput;
}

function isTrials(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1000;
}

function isTags(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every((tag) => typeof tag === "string" && tag !== "");
}

/** Converts a checked value to a case with defaults. */
export function toCase(value: CaseDraft): Case {
  const { id, input, tags = NO_TAGS, metadata = NO_METADATA, trials, scorers } = value;
  const golden: Case =
    value.expected === undefined
      ? { id, input, tags, metadata }
      : { id, input, expected: value.expected, tags, metadata };
  if (trials === undefined && scorers === undefined) return golden;
  return {
    ...golden,
    ...(trials === undefined ? {} : { trials }),
    ...(scorers === undefined ? {} : { scorers }),
  };
}

/** The problems for which `isCase` rejected a value. @param base location of the case in the file */
export function describeCase(value: unknown, places: Places, base: readonly PropertyKey[] = []): Problem[] {
  const parsed = Case.safeParse(value);
  return describeIssues(parsed.success ? [] : parsed.error.issues, {
    schema: Case,
    value,
    places,
    base,
    isLine: true,
    code: "EVALS_CASE",
  });
}
