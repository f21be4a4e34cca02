import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Replaces a file at once: whoever reads it, or is killed, has the old text or the new one. */
export function replaceFile(place: string, text: string): void {
  mkdirSync(dirname(place), { recursive: true });
  const fresh = `${place}.new`;
  const handle = openSync(fresh, "w");
  try {
    writeAll(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, place);
}

/** Adds a line and waits until it is on the disk. A last line without a line feed is ended first. */
export function appendLine(place: string, line: string): void {
  mkdirSync(dirname(place), { recursive: true });
  const handle = openSync(place, "a+");
  try {
    writeAll(handle, `${endsInLine(handle) ? "\n" : ""}${line}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A file's bytes; none when it does not exist. */
export function bytesOf(place: string): Buffer {
  return existsSync(place) ? readFileSync(place) : Buffer.alloc(0);
}

function endsInLine(handle: number): boolean {
  const { size } = fstatSync(handle);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 10;
}

function writeAll(handle: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
}
