import { describe, expect, it } from "vitest";
import { mlflowExporter } from "./export-mlflow.ts";
import type { ReceivingServer, RunToExport, ServerRequest } from "./exported.ts";

/** A server that answers every request with the same object. */
function serverOf(answer: object) {
  const asked: string[] = [];
  const server = {
    ask: ({ path }: ServerRequest) => {
      asked.push(path.replace(/\?.*/, ""));
      return Promise.resolve({ status: 200, text: JSON.stringify(answer) });
    },
    refused: ({ path }: ServerRequest) => new Error(`refused: ${path.replace(/\?.*/, "")}`),
  } as unknown as ReceivingServer;
  return { server, asked };
}

const run = {
  env: {},
  header: { id: "r1", suite: "triage", started_at: "2026-11-29T09:00:00Z", commit: null },
} as unknown as RunToExport;

describe("an MLflow server whose reply has no id", () => {
  it.each([
    ["experiment", { experiment: {} }, "experiments/get-by-name"],
    ["run that was found", { experiment: { experiment_id: "7" }, runs: [{ info: {} }] }, "runs/search"],
    ["run that was created", { experiment: { experiment_id: "7" } }, "runs/create"],
  ])("of the %s ends the export, and no request names an empty id", async (_, answer, last) => {
    const { server, asked } = serverOf(answer);
    await expect(mlflowExporter.server?.send(run, server)).rejects.toThrow(
      `refused: /api/2.0/mlflow/${last}`,
    );
    expect(asked.at(-1)).toBe(`/api/2.0/mlflow/${last}`);
  });
});
