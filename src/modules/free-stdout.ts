import childProcess, { type StdioOptions } from "node:child_process";
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

/** The channels of a child process, with stderr where the child would write to this process's stdout. */
function withoutStdout(stdio: StdioOptions): StdioOptions {
  if (stdio === "inherit") return ["inherit", 2, "inherit"];
  if (!Array.isArray(stdio)) return stdio;
  return stdio.map((one, index) => (one === 1 || (index === 1 && one === "inherit") ? 2 : one));
}

type Given = readonly unknown[];
type Started = (...given: Given) => unknown;
interface Channels {
  readonly stdio?: StdioOptions;
  readonly silent?: boolean;
}

/** Child processes that inherit stdout inherit stderr in its place. */
function keepChildrenFree(): void {
  const isOptions = (one: unknown): one is Channels =>
    one !== null && typeof one === "object" && !Array.isArray(one);
  const started =
    (start: Started): Started =>
    (...given) =>
      start(
        ...given.map((one) =>
          isOptions(one) && one.stdio !== undefined ? { ...one, stdio: withoutStdout(one.stdio) } : one,
        ),
      );
  const { spawn, spawnSync, execSync, execFileSync, fork } = childProcess as unknown as Record<
    string,
    Started
  >;
  const forked: Started = (...given) => {
    const at = given.findIndex((one, index) => index > 0 && isOptions(one));
    const options = (at === -1 ? {} : given[at]) as Channels;
    const before = at === -1 ? given : given.slice(0, at);
    const stdio = options.stdio ?? (options.silent === true ? "pipe" : ["inherit", 2, "inherit", "ipc"]);
    const channels = withoutStdout(stdio === "inherit" ? ["inherit", "inherit", "inherit", "ipc"] : stdio);
    return (fork as Started)(...before, { ...options, stdio: channels });
  };
  Object.assign(childProcess, {
    spawn: started(spawn as Started),
    spawnSync: started(spawnSync as Started),
    execSync: started(execSync as Started),
    execFileSync: started(execFileSync as Started),
    fork: forked,
  });
}

/**
 * Redirects to stderr what user code writes to file descriptor 1 with the synchronous functions of node:fs, and what
 * its child processes would write there, because stdout belongs to the report. A stream that is already open over stdout is not affected.
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
  keepChildrenFree();
  syncBuiltinESMExports();
}
