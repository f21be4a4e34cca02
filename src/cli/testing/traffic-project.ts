import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Scenario, scenario } from "./scenario.ts";

/** One exchange of production traffic for a test. */
export interface SampleExchange {
  readonly asked: string;
  readonly answer?: string;
  readonly tag?: string;
  readonly score?: number;
  readonly failed?: boolean;
  readonly environment?: string;
  readonly service?: string;
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** One line of OTLP per exchange; every two consecutive exchanges are one session. */
export function otlpOf(exchanges: readonly SampleExchange[]): string {
  return exchanges
    .map((one, at) => {
      const id = at.toString(16).padStart(32, "a");
      const start = BigInt(Date.UTC(2025, 1, 20) + at * 60_000) * 1_000_000n;
      const message = (role: string, content: string) =>
        JSON.stringify([{ role, parts: [{ type: "text", content }], finish_reason: "stop" }]);
      const span = {
        ...{ traceId: id, spanId: id.slice(16), name: "chat m", kind: 3 },
        ...{ startTimeUnixNano: String(start), endTimeUnixNano: String(start + 800_000_000n) },
        status: one.failed === true ? { code: 2, message: "upstream closed" } : { code: 1 },
        attributes: [
          text("gen_ai.operation.name", "chat"),
          text("gen_ai.provider.name", "openai"),
          text("gen_ai.request.model", "m"),
          text("session.id", `s${at >> 1}`),
          text("gen_ai.input.messages", message("user", one.asked)),
          text("gen_ai.output.messages", message("assistant", one.answer ?? `about ${one.asked}`)),
          ...(one.tag === undefined
            ? []
            : [{ key: "tag.tags", value: { arrayValue: { values: [{ stringValue: one.tag }] } } }]),
        ],
        events:
          one.score === undefined
            ? []
            : [
                {
                  timeUnixNano: String(start),
                  name: "gen_ai.evaluation.result",
                  attributes: [
                    text("gen_ai.evaluation.name", "helpful"),
                    { key: "gen_ai.evaluation.score.value", value: { doubleValue: one.score } },
                  ],
                },
              ],
      };
      const resource = {
        attributes: [
          text("service.name", one.service ?? "shop-bot"),
          ...(one.environment === undefined ? [] : [text("deployment.environment.name", one.environment)]),
        ],
      };
      return `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] })}\n`;
    })
    .join("");
}

/** A project with one dataset, and with production traffic in its store. */
export async function trafficProject(
  exchanges: readonly SampleExchange[],
  goldens: readonly object[],
): Promise<Scenario> {
  const repo = scenario(null);
  for (const folder of ["datasets", "evals", "fixtures"]) mkdirSync(join(repo.root, folder));
  repo.write("evalconfig.yaml", "models:\n  a: { provider: outputs, file: fixtures/a.jsonl }\n");
  repo.write("evals/shop.yaml", "dataset: shop\nmodel: a\nscorers:\n  - { type: length, max: 99 }\n");
  repo.write("datasets/shop.jsonl", goldens.map((one) => `${JSON.stringify(one)}\n`).join(""));
  repo.write(
    "fixtures/a.jsonl",
    goldens.map((one) => `${JSON.stringify({ case: (one as { id: string }).id, output: "x" })}\n`).join(""),
  );
  repo.write("traffic.jsonl", otlpOf(exchanges));
  await repo.evals("import traces traffic.jsonl");
  return repo;
}
