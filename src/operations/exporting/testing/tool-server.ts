import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface TakenRequest {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ToolAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fake server of a tracing tool. */
export interface ToolServer {
  readonly url: string;
  /** The requests that were answered with a status below 300, in order. */
  readonly taken: TakenRequest[];
  /**
   * Called for every request, with its number from 1. A returned answer replaces the tool's own; `cut` closes
   * the connection without an answer.
   */
  before: (request: TakenRequest, count: number) => ToolAnswer | "cut" | undefined;
  close(): Promise<void>;
}

/** Starts a fake server on this machine. @param answer gives the tool's own answer to a request */
export async function startToolServer(answer: (request: TakenRequest) => ToolAnswer): Promise<ToolServer> {
  let count = 0;
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const { method = "", url: path = "", headers } = incoming;
      const request = { method, path, headers, body: Buffer.concat(parts) };
      const answered = tool.before(request, ++count) ?? answer(request);
      if (answered === "cut") {
        incoming.socket.destroy();
        return;
      }
      if (answered.status < 300) tool.taken.push(request);
      response.writeHead(answered.status, { "content-type": "application/json", ...answered.headers });
      response.end(answered.json === undefined ? "" : JSON.stringify(answered.json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const tool: ToolServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: [],
    before: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return tool;
}

const NOT_HERE: ToolAnswer = { status: 404, json: { message: "not here" } };

/** Answers as Langfuse does: it accepts the write requests that Langfuse documents, with one key. */
export function langfuse({ method, path, headers }: TakenRequest): ToolAnswer {
  if (headers.authorization !== `Basic ${Buffer.from("pk-test:sk-test-secret").toString("base64")}`)
    return { status: 401, json: { message: `Invalid credentials: ${headers.authorization}` } };
  if (method !== "POST") return NOT_HERE;
  if (path === "/api/public/v2/datasets")
    return { status: 200, json: { id: "d-1", name: "s", projectId: "p-1" } };
  if (/^\/api\/public\/(dataset-items|scores|otel\/v1\/traces)$/.test(path)) return { status: 200, json: {} };
  return NOT_HERE;
}

/** Answers as Phoenix does: it accepts traces only as protobuf. */
export function phoenix({ path, headers }: TakenRequest): ToolAnswer {
  if (path === "/v1/traces")
    return headers["content-type"] === "application/x-protobuf" ? { status: 200 } : { status: 415 };
  if (path === "/v1/datasets/upload?sync=true") return { status: 200, json: { data: { dataset_id: "d" } } };
  if (path === "/v1/projects/s") return { status: 200, json: { data: { id: "UHJvamVjdDoy", name: "s" } } };
  return path === "/v1/span_annotations" ? { status: 200, json: { data: [] } } : NOT_HERE;
}

/** Answers as MLflow does: it stores one experiment, its runs with their tags, and the assessments of traces. */
export function mlflow(): (request: TakenRequest) => ToolAnswer {
  let experiment: { experiment_id: string; name: string; lifecycle_stage: string } | undefined;
  const runs: { info: { run_id: string; artifact_uri: string }; tags: { key: string; value: string }[] }[] =
    [];
  const assessments = new Map<string, unknown[]>();
  return ({ method, path, body }) => {
    const sent = (): Record<string, never> => JSON.parse(body.toString());
    const ok = (json: unknown): ToolAnswer => ({ status: 200, json });
    const { pathname, searchParams } = new URL(path, "http://x");
    const trace = /^\/api\/3\.0\/mlflow\/traces\/(tr-[0-9a-f]{32})(\/assessments)?$/.exec(pathname);
    if (trace !== null && trace[2] === undefined)
      return ok({ trace: { trace_info: { assessments: assessments.get(trace[1] ?? "") ?? [] } } });
    if (trace !== null) {
      assessments.set(trace[1] ?? "", [...(assessments.get(trace[1] ?? "") ?? []), sent().assessment]);
      return ok(sent());
    }
    if (pathname === "/v1/traces" || pathname.startsWith("/api/2.0/mlflow-artifacts/artifacts/"))
      return ok({});
    switch (`${method} ${pathname.replace(/^\/api\/[23]\.0\/mlflow\//, "")}`) {
      case "POST traces/search":
        return ok({ traces: [...assessments.keys()].map((trace_id) => ({ trace_id })) });
      case "POST runs/delete":
        runs.splice(0, runs.length, ...runs.filter(({ info }) => info.run_id !== sent().run_id));
        return ok({});
      case "GET experiments/get-by-name":
        return experiment?.name === searchParams.get("experiment_name")
          ? ok({ experiment })
          : { status: 404, json: { error_code: "RESOURCE_DOES_NOT_EXIST" } };
      case "POST experiments/create":
        experiment = { experiment_id: "7", name: sent().name ?? "", lifecycle_stage: "active" };
        return ok({ experiment_id: "7" });
      case "POST runs/search": {
        const [, wanted] = /= '(.*)'/.exec(sent().filter ?? "") ?? [];
        return ok({ runs: runs.filter(({ tags }) => tags.some(({ value }) => value === wanted)) });
      }
      case "POST runs/create": {
        const run_id = `r${runs.length + 1}`;
        const run = {
          info: { run_id, artifact_uri: `mlflow-artifacts:/7/${run_id}/artifacts` },
          tags: sent().tags ?? [],
        };
        runs.push(run);
        return ok({ run });
      }
      case "POST runs/log-batch":
      case "POST runs/log-inputs":
      case "POST runs/update":
      case "POST traces/link-to-run":
        return ok({});
      default:
        return NOT_HERE;
    }
  };
}
