import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * What of an export a server has taken already, while the export is under way: should it break off, the next one goes on from there.
 * Once everything is delivered nothing of it is kept, so that a later export sends all of it again.
 */
export interface DeliveredRequests {
  /** Deliveries of an earlier export that broke off. */
  readonly earlier: number;
  has(request: string): boolean;
  /** @param request 64 hexadecimal digits */
  add(request: string): void;
  /** @param isWhole everything was delivered */
  close(isWhole: boolean): void;
}

/** A file that cannot be written costs the next export its memory, and nothing else. */
export function openDeliveredRequests(file: string): DeliveredRequests {
  const known = new Set(linesOf(file));
  const earlier = known.size;
  let handle: number | undefined;
  const write = (line: string): void => {
    try {
      if (handle === undefined) {
        mkdirSync(dirname(file), { recursive: true });
        handle = openSync(file, "a");
      }
      writeSync(handle, `${line}\n`);
    } catch {
      // Sent twice is better than not sent.
    }
  };
  return {
    earlier,
    has: (request) => known.has(request),
    add: (request) => {
      known.add(request);
      write(request);
    },
    close: (isWhole) => {
      if (handle !== undefined) closeSync(handle);
      if (isWhole) rmSync(file, { force: true });
    },
  };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => /^[0-9a-f]{64}$/.test(line));
  } catch {
    return [];
  }
}
