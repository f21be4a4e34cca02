import { readFileSync, statSync } from "node:fs";

/** The error code for a pipe, socket or device: reading one could block forever. */
export const NOT_A_FILE = "ENOTFILE";

/** @throws {Error} of the file system; with the code ENOTFILE for something that is neither a file nor a directory */
export function readRegularFile(place: string): Buffer {
  refuseOtherThanFile(place);
  return readFileSync(place);
}

/** @throws {Error} like `readRegularFile`, before anything is opened */
export function refuseOtherThanFile(place: string): void {
  const stat = statSync(place);
  if (stat.isFile()) return;
  const code = stat.isDirectory() ? "EISDIR" : NOT_A_FILE;
  throw Object.assign(new Error(`${code}: ${place}`), { code });
}
