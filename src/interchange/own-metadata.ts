import type { Json } from "../domain/json.ts";
import type { ExportedCase } from "./exported.ts";
import { isObject, type JsonObject, tagsOf, textMember } from "./reading/json-fields.ts";

/**
 * The members of a case that are wrapped in an object with one member, because the platform (Langfuse, Phoenix) would
 * lose their values.
 */
type Wrapped = readonly ("input" | "expected")[];

/** The parts of a case as a platform's item contains them. */
export interface OwnItem {
  /** Undefined when the store does not contain the case's input. */
  readonly input: Json | undefined;
  /** Undefined when the case has no expected value. */
  readonly expected: Json | undefined;
  readonly metadata: JsonObject;
}

/**
 * A case as an item of a platform, from which an import restores the same case.
 *
 * @param isKept whether the platform keeps a value as it is, and does not treat it as no value; all other values
 * are wrapped
 */
export function ownItem(golden: ExportedCase, isKept: (value: Json) => boolean): OwnItem {
  const lost = (value: Json | undefined): boolean => value !== undefined && !isKept(value);
  const wrapped = (["input", "expected"] as const).filter((name) => lost(golden[name]));
  const member = (name: "input" | "expected"): Json | undefined =>
    wrapped.includes(name) ? { [name]: golden[name] as Json } : golden[name];
  return {
    input: member("input"),
    expected: member("expected"),
    metadata: ownMetadata(golden, wrapped),
  };
}

function ownMetadata({ id, tags }: ExportedCase, wrapped: Wrapped): JsonObject {
  return {
    evals: {
      case: id,
      ...(tags.length > 0 && { tags }),
      ...(wrapped.length > 0 && { wrapped }),
    },
  };
}

/** What `ownItem` wrote into the metadata of an item, and all other metadata of the item. */
export interface OwnMetadata {
  /** Undefined for an item that was not exported by evals. */
  readonly id: string | undefined;
  readonly tags: readonly string[];
  readonly wrapped: readonly string[];
  readonly others: JsonObject;
}

export function readOwnMetadata(metadata: JsonObject): OwnMetadata {
  const { evals, ...others } = metadata;
  const id = isObject(evals) ? textMember(evals, "case") : undefined;
  if (!isObject(evals) || id === undefined) return { id: undefined, tags: [], wrapped: [], others: metadata };
  return { id, tags: tagsOf(evals.tags), wrapped: tagsOf(evals.wrapped), others };
}

/** The original value of a member that `ownItem` may have wrapped. */
export function unwrap(name: "input" | "expected", value: Json, { wrapped }: OwnMetadata): Json {
  return wrapped.includes(name) && isObject(value) ? (value[name] ?? null) : value;
}
