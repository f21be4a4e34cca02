import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const isStdout = (target: unknown): boolean => target === 1 || target === "/dev/stdout";

type Written = string | NodeJS.ArrayBufferView;

/** The part of the data selected by `fs.writeSync(fd, data, offset, length)`. */
function partOf(data: Written, offset: unknown, length: unknown): string | Uint8Array {
  if (typeof data === "string") return data;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const from = typeof offset === "number" ? offset : 0;
  return bytes.subarray(from, typeof length === "number" ? from + length : undefined);
}

/**
 * Redirects to stderr what user code writes to file descriptor 1 with the synchronous functions of node:fs, because
 * stdout belongs to the report. A stream that is already open over stdout is not affected.
 */
export function keepDescriptorFree(): void {
  const { writeSync, writeFileSync, appendFileSync } = fs;
  // Writes through the stream, not to the descriptor: a synchronous write to a full pipe would throw an error.
  const toStderr = (part: string | Uint8Array): number => {
    process.stderr.write(part);
    return Buffer.byteLength(part);
  };
  const own = {
    writeSync: (target: number, data: Written, offset: unknown, length: unknown, ...rest: unknown[]) =>
      isStdout(target)
        ? toStderr(partOf(data, offset, length))
        : (writeSync as (...given: unknown[]) => number)(target, data, offset, length, ...rest),
    writeFileSync: (target: unknown, data: Written, ...rest: unknown[]) =>
      isStdout(target)
        ? void toStderr(partOf(data, undefined, undefined))
        : (writeFileSync as (...given: unknown[]) => void)(target, data, ...rest),
    appendFileSync: (target: unknown, data: Written, ...rest: unknown[]) =>
      isStdout(target)
        ? void toStderr(partOf(data, undefined, undefined))
        : (appendFileSync as (...given: unknown[]) => void)(target, data, ...rest),
  };
  Object.assign(fs, own);
  syncBuiltinESMExports();
}
