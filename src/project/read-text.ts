import { decodeText } from "../domain/file-text.ts";
import type { FileSource } from "./file-source.ts";

/** The text of a file, its byte order mark removed. @throws {EvalsError} as `decodeText`, and as `read` */
export function readText(files: FileSource, path: string): string {
  return decodeText(files.read(path), path);
}
