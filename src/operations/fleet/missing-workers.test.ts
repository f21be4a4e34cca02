import { expect, it } from "vitest";
import { missingWorkers } from "./missing-workers.ts";

type Seen = Parameters<ReturnType<typeof missingWorkers>>[0];

const SECOND = 1000;

function watched() {
  const notices: string[] = [];
  let now = 0;
  const look = missingWorkers({
    alias: "large",
    program: "2.0.0",
    now: () => now,
    notice: (text) => notices.push(text),
  });
  return {
    notices,
    at: (seconds: number, seen: Partial<Seen> = {}) => {
      now = seconds * SECOND;
      return look({ workers: 0, kinds: [], leased: 0, ...seen });
    },
  };
}

it("reports missing workers once after half a minute, and halts the run after ten minutes", () => {
  const { notices, at } = watched();
  expect([at(0), at(29)]).toEqual([null, null]);
  expect(notices).toEqual([]);
  expect([at(30), at(599)]).toEqual([null, null]);
  expect(notices).toEqual([expect.stringMatching(/model large: no worker is connected\. Waiting/)]);
  expect(at(600)).toMatchObject({
    kind: "unreachable",
    because: "no-worker",
    message: expect.stringContaining("The answers received so far are kept."),
  });
});

it.each<[string, Partial<Seen>]>([
  ["a worker that can work", { workers: 1 }],
  ["a block in progress", { leased: 1 }],
])("begins to wait anew after %s", (_, seen) => {
  const { notices, at } = watched();
  at(0);
  at(500, seen);
  expect([at(501), at(1100)]).toEqual([null, null]);
  expect(notices).toHaveLength(1);
  expect(at(1101)).toMatchObject({ because: "no-worker" });
});

it("says which workers are connected that cannot work", () => {
  const { notices, at } = watched();
  const kinds = [
    { program: "1.0.0", models: null },
    { program: "2.0.0", models: ["small", "judge"] },
  ];
  at(0, { kinds });
  at(30, { kinds });
  expect(notices[0]).toContain(
    "No worker of version 2.0.0 serves the model large: workers of version 1.0.0 are connected, and workers for the models judge, small are connected.",
  );
});
