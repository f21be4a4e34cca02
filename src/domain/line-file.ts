import { decodeText, notTextProblem } from "./file-text.ts";
import { findJsonError } from "./find-json-error.ts";
import { EvalsError, type Problem } from "./problem.ts";

/** A JSONL file as named in messages. */
export interface LineFileName {
  readonly path: string;
  /** The error code of an invalid line. */
  readonly code: string;
  /** The word for the content of one line: "case", "label". */
  readonly noun: string;
}

/** Number of bytes at the start of a file that `lineFileProblem` needs. */
export const HEAD_BYTES = 64 << 10;

/**
 * A single cause that makes every line of a file invalid: another encoding, a file that was not fetched, one JSON
 * list, objects over several lines. It is reported once instead of for each line. Undefined when there is none.
 *
 * @param head at least the first `HEAD_BYTES` of the file
 */
export function lineFileProblem(head: Buffer, name: LineFileName): Problem | undefined {
  const { path } = name;
  const problem = notTextProblem(head, path);
  if (problem !== undefined) return problem;
  const beginning = head.toString("utf8", 0, HEAD_BYTES);
  const lines = beginning.replace(/^\uFEFF/, "").split("\n");
  const [first, second] = lines.flatMap((text, index) =>
    text.trim() === "" ? [] : [{ text, line: index + 1 }],
  );
  if (first === undefined) return undefined;
  const shape = otherShape(first.text, second?.text);
  return shape === undefined ? undefined : otherShapeProblem(shape, first.line, name);
}

/**
 * The lines of a file without byte order mark and carriage returns; a final line end does not start another line.
 *
 * @param source bytes from the disk, or the text of a file in a commit
 * @throws {EvalsError} like `decodeText`, and with the problem that `lineFileProblem` finds
 */
export function fileLines(source: string | Buffer, name: LineFileName): string[] {
  const bytes = typeof source === "string" ? Buffer.from(source) : source;
  const problem = lineFileProblem(bytes, name);
  if (problem !== undefined) throw new EvalsError(problem);
  const lines = decodeText(bytes, name.path).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

type OtherShape = "list" | "object";

function otherShape(first: string, second: string | undefined): OtherShape | undefined {
  const text = first.trim();
  if (text.startsWith("[")) return "list";
  if (!text.startsWith("{") || second === undefined || second.trimStart().startsWith("{")) return undefined;
  const error = findJsonError(text);
  return error !== undefined && error.column > text.length ? "object" : undefined;
}

function otherShapeProblem(shape: OtherShape, line: number, { path, code, noun }: LineFileName): Problem {
  const filter = shape === "list" ? "'.[]'" : ".";
  return {
    code,
    path,
    line,
    column: 1,
    what:
      shape === "list"
        ? `This file is one JSON list; a .jsonl file has one object a line, one for each ${noun}.`
        : `An object goes on over several lines here; a .jsonl file has one object a line, one for each ${noun}.`,
    why: "With one object a line, the file is read line by line, and a diff shows which lines have changed.",
    fix: `jq -c ${filter} ${path} > lines.jsonl && mv lines.jsonl ${path}`,
  };
}
