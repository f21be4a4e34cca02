import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { processIo } from "./process-io.ts";

describe("the process's sleep", () => {
  const warned: string[] = [];
  const note = (warning: Error): void => {
    warned.push(warning.name);
  };
  afterEach(() => process.off("warning", note));

  it("lets any number of callers wait for one signal without a warning of Node, and ends at once when it comes", async () => {
    process.on("warning", note);
    const stop = new AbortController();
    const sleeping = Array.from({ length: 40 }, () => processIo().sleep(3_600_000, stop.signal));
    stop.abort();
    await Promise.all(sleeping);
    process.emitWarning("the last to be heard", "Marker");
    await once(process, "warning");
    expect(warned).toEqual(["Marker"]);
  });
});
