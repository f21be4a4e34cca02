import type { Json } from "../domain/json.ts";
import type { ExportedCase } from "./exported.ts";
import { isObject, type JsonObject, tagsOf, textMember } from "./reading/json-fields.ts";

/** Members that are wrapped in an object with one member, for a platform that only accepts objects. */
export type Wrapped = readonly ("input" | "expected")[];

/** Metadata of an exported item about its original case, so that an import restores the same case. */
export function ownMetadata({ id, tags }: ExportedCase, wrapped: Wrapped = []): JsonObject {
  return {
    evals: {
      case: id,
      ...(tags.length > 0 && { tags }),
      ...(wrapped.length > 0 && { wrapped }),
    },
  };
}

/** The content of `ownMetadata`, and the remaining metadata. */
export interface OwnMetadata {
  /** Undefined for an item that was not exported by us. */
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

/** Wraps a value that is not an object in an object with one member. */
export function wrap(name: "input" | "expected", value: Json): JsonObject {
  return isObject(value) ? value : { [name]: value };
}

/** The value wrapped by `wrap`. */
export function unwrap(name: "input" | "expected", value: Json, { wrapped }: OwnMetadata): Json {
  return wrapped.includes(name) && isObject(value) ? (value[name] ?? null) : value;
}
