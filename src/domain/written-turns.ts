import { membersIn } from "./found-documents.ts";
import type { Json } from "./json.ts";

/** A fixed user message of a case. */
export interface WrittenTurn {
  readonly say: string;
  /** The expected value of the answer to this message. */
  readonly expect?: Json | undefined;
}

/**
 * The turns defined by a case; undefined when there is no list of texts or of `{say, expect}` at the path.
 *
 * @param path a path in the input: `input.turns`
 */
export function writtenTurns(path: string, input: Json): readonly WrittenTurn[] | undefined {
  const [, ...steps] = path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  const found = steps.reduce<unknown>(
    (here, step) => (Array.isArray(here) ? here[Number(step)] : membersIn(here)[step]),
    input,
  );
  if (!Array.isArray(found) || found.length === 0) return undefined;
  const turns = found.map(readTurn);
  return turns.every((one) => one !== undefined) ? turns : undefined;
}

function readTurn(value: unknown): WrittenTurn | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : { say: value };
  const { say, expect } = membersIn(value);
  if (typeof say !== "string" || say.trim() === "") return undefined;
  return expect === undefined ? { say } : { say, expect: expect as Json };
}
