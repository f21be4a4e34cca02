import type { Json } from "../domain/json.ts";
import type { ExportedCase } from "./exported.ts";
import { isObject, type JsonObject, tagsOf, textMember } from "./reading/json-fields.ts";

/** Members of an item that are in an object of one member, for a platform that takes objects alone. */
export type Wrapped = readonly ("input" | "expected")[];

/** What an exported item says of the case that it was, so that an import makes the same case of it again. */
export function ownMetadata({ id, tags }: ExportedCase, wrapped: Wrapped = []): JsonObject {
  return {
    evals: {
      case: id,
      ...(tags.length > 0 && { tags }),
      ...(wrapped.length > 0 && { wrapped }),
    },
  };
}

/** What `ownMetadata` held, and the metadata that are left. */
export interface OwnMetadata {
  /** Undefined for an item that was no case of ours. */
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

/** A value as an object: one that is none is in its only member. */
export function wrap(name: "input" | "expected", value: Json): JsonObject {
  return isObject(value) ? value : { [name]: value };
}

/** The value that `wrap` put into an object. */
export function unwrap(name: "input" | "expected", value: Json, { wrapped }: OwnMetadata): Json {
  return wrapped.includes(name) && isObject(value) ? (value[name] ?? null) : value;
}
