import { expect, it } from "vitest";
import { runBusy } from "./store-errors.ts";

const run = { id: "aa000001", suite: "triage" };

it.each([
  [{ pid: 4711 }, "stop it: kill -INT 4711. Then: evals run triage --resume --run aa000001"],
  [
    { pid: 4711, host: "build-2" },
    "stop it on build-2: kill -INT 4711. Then: evals run triage --resume --run aa000001",
  ],
])("names a command that can be typed to stop process %j", (other, fix) => {
  expect(runBusy(run, other).problems[0]?.fix).toContain(fix);
});
