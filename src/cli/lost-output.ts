import type { EventEmitter } from "node:events";

/**
 * Error codes of a pipe that was closed by its reader, such as `| head`. A closed pipe is not a mistake, and a paid
 * run continues.
 */
const CLOSED = ["EPIPE", "ERR_STREAM_DESTROYED"];

/**
 * Prevents a stream's errors from ending the process.
 *
 * @param lost called once, with the error code, when output could not be written although its reader still waits
 */
export function outliveReader(stream: EventEmitter, lost: (code: string) => void): void {
  let reported = false;
  stream.on("error", ({ code = "unknown error" }: NodeJS.ErrnoException) => {
    if (reported || CLOSED.includes(code)) return;
    reported = true;
    lost(code);
  });
}
