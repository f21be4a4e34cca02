import { readFileSync, statSync } from "node:fs";

/** What `fileProblem` says of a pipe, a socket or a device: reading one would wait for somebody to write. */
export const NOT_A_FILE = "ENOTFILE";

/** @throws {Error} as the file system does, with the code ENOTFILE for what is neither a file nor a directory */
export function readRegularFile(place: string): Buffer {
  refuseOtherThanFile(place);
  return readFileSync(place);
}

/** @throws {Error} as `readRegularFile`, before anything is opened */
export function refuseOtherThanFile(place: string): void {
  const stat = statSync(place);
  if (stat.isFile()) return;
  const code = stat.isDirectory() ? "EISDIR" : NOT_A_FILE;
  throw Object.assign(new Error(`${code}: ${place}`), { code });
}
