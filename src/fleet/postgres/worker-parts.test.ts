import { describe, expect, it } from "vitest";
import { addressOf, connectionProblem, isPassing } from "../../postgres/connection-mistakes.ts";
import { requireWorkerParts } from "./worker-parts.ts";

describe("what workers need", () => {
  it.each(["20.19.0", "20.99.9", "22.11.0"])(
    "is missing on Node %s, and the error offers --shard instead",
    async (version) => {
      await expect(requireWorkerParts(version)).rejects.toMatchObject({
        problems: [
          {
            code: "EVALS_WORKERS_NODE",
            what: expect.stringContaining(version),
            fix: expect.stringContaining("--shard"),
          },
        ],
      });
    },
  );

  it.each(["22.12.0", "24.1.0", "26.0.0"])("is there on Node %s", async (version) => {
    await expect(requireWorkerParts(version)).resolves.toBeUndefined();
  });

  it("reports the address of a database without user and password", () => {
    const url = "postgres://ada:secret@db.example.com:6543/evals?sslmode=require";
    expect(addressOf(url)).toBe("db.example.com:6543/evals");
    for (const error of [
      { code: "ECONNREFUSED", message: `connect ${url}` },
      { code: "28P01", message: "password authentication failed" },
    ])
      expect(
        JSON.stringify(connectionProblem(url, error, { why: "", written: "", address: "" })),
      ).not.toMatch(/secret|ada/);
  });

  it.each([
    [{ code: "57P01", message: "terminating connection" }, true],
    [{ code: "53100", message: "no space left on device" }, true],
    [{ code: "08006", message: "" }, true],
    [new Error("Connection terminated unexpectedly"), true],
    [{ code: "42501", message: "permission denied" }, false],
    [{ code: "25006", message: "cannot execute INSERT in a read-only transaction" }, false],
    [{ code: "23505", message: "duplicate key" }, false],
    [new TypeError("x is not a function"), false],
  ])("retries only after errors that may pass by themselves: %o", (error, passes) => {
    expect(isPassing(error)).toBe(passes);
  });
});
