import { close, fdatasync, open } from "node:fs";

/**
 * Syncs the write-ahead log to disk once a second, off the main thread, so that a power failure loses at most the
 * last second of answers. (The death of the process alone loses nothing, because committed pages are already in the
 * file.)
 *
 * @returns a function that stops the syncing
 */
export function keepDurable(walPath: string, every_ms = 1000): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    open(walPath, "r+", (error, fd) => {
      if (error !== null) {
        busy = false;
        return;
      }
      fdatasync(fd, () => close(fd, () => (busy = false)));
    });
  }, every_ms);
  timer.unref();
  return () => clearInterval(timer);
}
