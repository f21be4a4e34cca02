import type { EventEmitter } from "node:events";

/** A reader that has seen enough (`| head`) closes its end; that is no failure, and a run that is paid for goes on. */
const CLOSED = ["EPIPE", "ERR_STREAM_DESTROYED"];

/**
 * Keeps a stream's errors from ending the process.
 * @param lost called once, with the code of the error, when text could not be written though somebody waits for it
 */
export function outliveReader(stream: EventEmitter, lost: (code: string) => void): void {
  let reported = false;
  stream.on("error", ({ code = "unknown error" }: NodeJS.ErrnoException) => {
    if (reported || CLOSED.includes(code)) return;
    reported = true;
    lost(code);
  });
}
