import { decodeText } from "../domain/file-text.ts";
import type { FileSource } from "./file-source.ts";

/** The text of a file without byte order mark. @throws {EvalsError} like `decodeText` and `read` */
export function readText(files: FileSource, path: string): string {
  return decodeText(files.read(path), path);
}
