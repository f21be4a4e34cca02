import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { outliveReader } from "./lost-output.ts";

const failing = (...codes: (string | undefined)[]): string[] => {
  const stream = new EventEmitter();
  const lost: string[] = [];
  outliveReader(stream, (code) => lost.push(code));
  for (const code of codes) stream.emit("error", Object.assign(new Error("write failed"), { code }));
  return lost;
};

describe("output that cannot be written", () => {
  it("is ignored when the reader has gone", () => {
    expect(failing("EPIPE", "ERR_STREAM_DESTROYED", "EPIPE")).toEqual([]);
  });

  it("is reported once when a disk is full", () => {
    expect(failing("ENOSPC", "ENOSPC")).toEqual(["ENOSPC"]);
    expect(failing(undefined)).toEqual(["unknown error"]);
  });
});
