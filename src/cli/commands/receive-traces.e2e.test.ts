import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../main.ts";
import { type FakeIo, fakeIo } from "../testing/fake-io.ts";
import { GENAI_SPANS, otlpLines, PRODUCERS } from "../testing/producer-traces.ts";
import { EXPECTED_TRACE, SECRETS, TRACE_ID } from "../testing/sample-conversation.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

let home: Scenario;
beforeEach(() => {
  home = scenario(null);
  home.write("evalconfig.yaml", "models: {}\nredact: [email, card]\n");
});
afterEach(() => home.remove());

const shown = async () => JSON.parse((await home.evals(`show trace:${TRACE_ID} --json`)).stdout);

describe("evals import traces --listen", () => {
  let io: FakeIo;
  let ended: Promise<number>;
  let port = 0;
  beforeEach(async () => {
    io = fakeIo(home.root);
    ended = main(["import", "traces", "--listen", "0", "--json"], io);
    await expect.poll(() => io.printed.stderr, { timeout: 20_000 }).toMatch(/127\.0\.0\.1:\d+/);
    port = Number(/127\.0\.0\.1:(\d+)/.exec(io.printed.stderr)?.[1]);
  });
  const end = async () => {
    io.signal("SIGINT");
    const exit = await ended;
    return { exit, document: JSON.parse(io.printed.stdout) };
  };
  const post = (
    body: string | Buffer,
    headers: Record<string, string> = {},
    path = "/v1/traces",
    method = "POST",
  ) =>
    new Promise<{ status: number | undefined; type: string | undefined; text: string }>((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port,
          path,
          method,
          headers: { "content-type": "application/json", ...headers },
        },
        (response) => {
          let text = "";
          response.on("data", (part) => (text += part));
          response.on("end", () =>
            resolve({ status: response.statusCode, type: response.headers["content-type"], text }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });

  it("stores what exporters send, in any order, before it answers", async () => {
    const lines = otlpLines(GENAI_SPANS);
    const replies = await Promise.all(
      lines.map((line, at) => (at % 2 ? post(gzipSync(line), { "content-encoding": "gzip" }) : post(line))),
    );
    for (const reply of replies) expect(reply).toEqual({ status: 200, type: "application/json", text: "{}" });
    expect((await shown()).transcript).toMatchObject(EXPECTED_TRACE);
    const { exit, document } = await end();
    expect(exit).toBe(0);
    expect(document).toMatchObject({ schema: "evals.import/1", taken: { traces: 1, duplicates: 0 } });
    for (const secret of SECRETS) expect(io.printed.stdout + io.printed.stderr).not.toContain(secret);
  });

  it.each<[string, number, Parameters<typeof post>]>([
    ["no JSON", 400, ["{"]],
    ["no gzip", 400, ["{}", { "content-encoding": "gzip" }]],
    ["no protobuf", 400, ["no message", { "content-type": "application/x-protobuf" }]],
    ["a form, as any page can send one", 415, ["{}", { "content-type": "text/plain" }]],
    ["a page of a browser", 403, ["{}", { origin: "http://evil.example" }]],
    ["another name for this host", 403, ["{}", { host: "evil.example" }]],
    ["another path", 404, ["{}", {}, "/v1/logs"]],
    ["no POST", 405, ["", {}, "/v1/traces", "GET"]],
  ])("refuses %s, and takes nothing of it", async (_, status, args) => {
    expect((await post(...args)).status).toBe(status);
    expect((await end()).document.taken.traces).toBe(0);
  });

  it("answers protobuf with protobuf", async () => {
    const reply = await post("", { "content-type": "application/x-protobuf" });
    expect(reply).toEqual({ status: 200, type: "application/x-protobuf", text: "" });
    await end();
  });
});

describe("traces at an address", () => {
  let server: Server;
  let asked: { url: string; authorization: string | undefined }[];
  let pages: (url: URL) => { status?: number; body: unknown };
  const env = { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk" };
  beforeEach(async () => {
    asked = [];
    server = createServer((incoming, response) => {
      const url = new URL(incoming.url ?? "", "http://x");
      asked.push({ url: url.pathname + url.search, authorization: incoming.headers.authorization });
      const { status = 200, body } = pages(url);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise<unknown>((resolve) => server.close(resolve)));
  const address = (path = ""): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const take = async (args: string, given: Record<string, string> = env) => {
    const ended = await home.evals(`import traces ${args} --json`, { env: given });
    return { exit: ended.exit, document: JSON.parse(ended.stdout) };
  };
  const observations = JSON.parse(PRODUCERS.find(({ name }) => name === "Langfuse")?.text ?? "").data;

  it("are fetched from Langfuse page by page, with their scores", async () => {
    pages = ({ pathname, searchParams }) => {
      if (pathname.endsWith("/scores"))
        return { body: { data: [{ id: "s", traceId: TRACE_ID, name: "thumbs", value: 1 }], meta: {} } };
      const from = Number(searchParams.get("cursor") ?? 0);
      return {
        body: {
          data: observations.slice(from, from + 2),
          meta: from + 2 < observations.length ? { cursor: `${from + 2}` } : {},
        },
      };
    };
    const { exit, document } = await take(`${address()} --since 2026-05-01`);
    expect(exit).toBe(0);
    expect(document).toMatchObject({ taken: { traces: 1 }, conventions: [{ name: "Langfuse" }] });
    expect(await shown()).toMatchObject({
      transcript: EXPECTED_TRACE,
      trace: { feedback: [{ name: "thumbs", score: 1 }] },
    });
    expect(asked.map(({ url }) => url.split("?")[0])).toEqual([
      ...Array(3).fill("/api/public/v2/observations"),
      "/api/public/v3/scores",
    ]);
    expect(asked[0]?.url).toContain("fromStartTime=2026-05-01");
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from("pk:sk").toString("base64")}`);
    expect((await take(address())).document.taken).toMatchObject({ traces: 0, duplicates: 1 });
  });

  it("are imported without scores when those cannot be fetched, which is reported", async () => {
    pages = ({ pathname }) =>
      pathname.endsWith("/scores") ? { status: 404, body: "{}" } : { body: { data: observations, meta: {} } };
    const { exit, document } = await take(address("/api/public/v2/observations"));
    expect([exit, document.taken.traces]).toEqual([0, 1]);
    expect(document.left).toContainEqual(expect.objectContaining({ what: "scores" }));
  });

  it("may be a file", async () => {
    pages = () => ({ body: PRODUCERS[0]?.text });
    expect((await take(address("/exports/t.jsonl"), {})).document.taken.traces).toBe(1);
    expect(asked[0]?.authorization).toBeUndefined();
  });

  it.each<[string, string, number, unknown, Record<string, string>, string]>([
    ["the keys are refused", "", 401, "{}", env, "EVALS_IMPORT_KEY"],
    ["there are no keys", "/api/public/v2/observations", 200, "{}", {}, "EVALS_IMPORT_KEY"],
    ["the server fails", "/t.json", 500, "oops", {}, "EVALS_IMPORT_SERVER"],
    ["there is a page for people", "/t.json", 200, "<html>", {}, "EVALS_IMPORT_SERVER"],
    ["there is no trace", "/t.json", 200, '{"a":1}', {}, "EVALS_IMPORT_NOTHING"],
  ])("are a mistake where %s", async (_, path, status, body, given, code) => {
    pages = () => ({ status, body });
    const { exit, document } = await take(address(path), given);
    expect([exit, document.problems[0].code]).toEqual([2, code]);
  });

  it("are a mistake when the address contains a password, which is not shown", async () => {
    const { document } = await take("http://me:secret@127.0.0.1:1/x", {});
    expect(document.problems[0].code).toBe("EVALS_OPTION_INVALID");
    expect(JSON.stringify(document)).not.toContain("secret");
  });
});

it.each(["import traces", "import traces --listen x", "import traces t.json --listen 4318"])(
  "evals %s is a mistake",
  async (args) => {
    expect((await home.evals(args)).exit).toBe(2);
  },
);
