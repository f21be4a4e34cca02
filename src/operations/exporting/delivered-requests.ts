import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * A file of the requests that a server has already accepted from an export. After an interruption, the next export
 * continues with the remaining requests. When everything is delivered, the file is deleted, so that a later export
 * sends everything again.
 */
export interface DeliveredRequests {
  /** Number of requests delivered by an interrupted export. */
  readonly earlier: number;
  has(request: string): boolean;
  /** Notes that a request was accepted. @param request its hash, 64 hexadecimal digits */
  add(request: string): void;
  /** Closes the file, or deletes it. @param isWhole whether everything was delivered */
  close(isWhole: boolean): void;
}

/** If the file cannot be written, the only consequence is that the next export sends everything again. */
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
      // A request that cannot be noted is sent again by the next export. That is better than failing this export.
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
