import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { braintrust, langsmith } from "../testing/platform-traces.ts";
import { CALLS, EXPECTED_TRACE, iso, MODEL, SECRETS, TRACE_ID } from "../testing/sample-conversation.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

interface Asked {
  readonly method: string | undefined;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
}
interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** A fake of a platform's API as its documentation describes it. */
interface Platform {
  readonly path: string;
  readonly env: Record<string, string>;
  /** What is wrong with a request; an empty list if the request is as documented. */
  readonly faults: (asked: Asked) => unknown[];
  /** The reply to a request: a page of two items. */
  readonly page: (asked: Asked) => unknown;
  /** The start time in a request. */
  readonly since: (asked: Asked) => unknown;
}

/** Runs in the format of the second version of LangSmith's API. */
const secondRuns = langsmith.map((run) => {
  const {
    parent_run_id: parent,
    run_type,
    ...rest
  } = run as typeof run & {
    parent_run_id?: string;
    run_type: string;
  };
  const parents = parent === undefined ? [] : [parent];
  return { ...rest, run_type: run_type.toUpperCase(), parent_run_ids: parents };
});
const only = (asked: Asked, ...names: string[]): string[] =>
  Object.keys(asked.body).filter((name) => !names.includes(name));
const [call] = CALLS.slice(-1);
/** A row of Helicone's table of requests: one call of a model. */
const helicone = {
  ...{ request_id: "r-1", request_created_at: iso(0), response_created_at: iso(100), response_status: 200 },
  ...{ request_user_id: SECRETS[1], properties: { "Helicone-Session-Id": "s-1" }, costUSD: 0.001 },
  request_body: { model: MODEL, messages: call?.given },
  response_body: { model: MODEL, choices: [{ index: 0, message: call?.reply, finish_reason: "stop" }] },
};
const KEY = "key-of-a-project";
const wants = (header: string, value: string) => (asked: Asked) =>
  asked.headers[header] === value ? [] : [`${header}: ${asked.headers[header]}`];
const from = (cursor: unknown): number => Number(cursor ?? 0);
const more = (at: number, of: readonly unknown[]): string | undefined =>
  at + 2 < of.length ? String(at + 2) : undefined;

const PLATFORMS: Record<string, Platform> = {
  LangSmith: {
    path: "/api/v2/runs/query?project_ids=p-1",
    env: { LANGSMITH_API_KEY: KEY },
    faults: (asked) => [
      ...wants("x-api-key", KEY)(asked),
      ...(asked.method === "POST" ? [] : [asked.method]),
      ...(asked.url.search === "" ? [] : [asked.url.search]),
      ...(String(asked.body.project_ids) === "p-1" ? [] : ["project_ids"]),
      ...(Array.isArray(asked.body.selects) ? [] : ["selects"]),
      ...only(asked, "project_ids", "min_start_time", "page_size", "selects", "cursor"),
    ],
    page: ({ body }) => {
      const at = from(body.cursor);
      return { items: secondRuns.slice(at, at + 2), next_cursor: more(at, secondRuns) };
    },
    since: ({ body }) => body.min_start_time,
  },
  Braintrust: {
    path: "/v1/project_logs/p-1/fetch",
    env: { BRAINTRUST_API_KEY: KEY },
    faults: (asked) => [
      ...wants("authorization", `Bearer ${KEY}`)(asked),
      ...(asked.method === "GET" ? [] : [asked.method]),
      ...[...asked.url.searchParams.keys()].filter((name) => !["limit", "cursor"].includes(name)),
    ],
    page: ({ url }) => {
      const at = from(url.searchParams.get("cursor"));
      return { events: braintrust.slice(at, at + 2), cursor: more(at, braintrust) ?? null };
    },
    since: () => undefined,
  },
  Helicone: {
    path: "/v1/request/query-clickhouse",
    env: { HELICONE_API_KEY: KEY },
    faults: (asked) => [
      ...wants("authorization", `Bearer ${KEY}`)(asked),
      ...(asked.method === "POST" ? [] : [asked.method]),
      ...(asked.body.filter === undefined ? ["filter"] : []),
      ...only(asked, "filter", "offset", "limit", "sort"),
    ],
    page: ({ body }) => ({ data: body.offset === 0 ? [helicone] : [], error: null }),
    since: ({ body }) =>
      (body.filter as { request_response_rmt?: { request_created_at?: { gte?: string } } })
        .request_response_rmt?.request_created_at?.gte,
  },
};

let home: Scenario;
let server: Server;
let asked: Asked[];
let answer: (asked: Asked) => Answer;
beforeEach(async () => {
  home = scenario(null);
  home.write("evalconfig.yaml", "models: {}\nredact: [email, card]\n");
  asked = [];
  server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method, headers } = incoming;
    const body = JSON.parse(Buffer.concat(chunks).toString() || "{}");
    const one: Asked = { method, url: new URL(incoming.url ?? "", "http://x"), headers, body };
    asked.push(one);
    const { status = 200, headers: sent, body: given } = answer(one);
    response.writeHead(status, { "content-type": "application/json", ...sent });
    response.end(JSON.stringify(given));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  home.remove();
  return new Promise<unknown>((resolve) => server.close(resolve));
});
const address = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const take = async (args: string, env: Record<string, string>) => {
  const { exit, stdout } = await home.evals(`import traces ${args} --json`, { env });
  return { exit, document: JSON.parse(stdout) };
};

describe.each(Object.entries(PLATFORMS))("traces of %s", (name, { path, env, faults, page, since }) => {
  const strict = (one: Asked): Answer => {
    const wrong = faults(one);
    return wrong.length === 0 ? { body: page(one) } : { status: 400, body: { wrong } };
  };

  it("are fetched page by page as its documentation says, and importing them again changes nothing", async () => {
    answer = strict;
    const { exit, document } = await take(address(path), env);
    expect(document.problems ?? []).toEqual([]);
    expect(exit).toBe(0);
    expect(document).toMatchObject({ taken: { traces: 1 }, conventions: [{ name }] });
    if (name !== "Helicone") {
      expect(asked.length).toBeGreaterThan(1);
      const { stdout } = await home.evals(`show trace:${TRACE_ID} --json`);
      expect(JSON.parse(stdout).transcript).toMatchObject(EXPECTED_TRACE);
    }
    expect((await take(address(path), env)).document.taken).toMatchObject({ traces: 0, duplicates: 1 });
  });

  it("are fetched from --since on", async () => {
    answer = strict;
    await take(`${address(path)} --since 2026-05-01`, env);
    if (name !== "Braintrust") expect(since(asked[0] as Asked)).toBe("2026-05-01T00:00:00.000Z");
    const { document } = await take(`${address(path)} --since 2026-06-01`, env);
    // Braintrust has no start time in a request. Rows come newest first, and the first page without a newer row
    // is the last.
    if (name === "Braintrust") expect(document.problems).toMatchObject([{ code: "EVALS_IMPORT_NOTHING" }]);
  });

  it("are requested again after the time that the server names", async () => {
    let busy = 2;
    answer = (one) => (busy-- > 0 ? { status: 429, headers: { "retry-after": "7" }, body: {} } : strict(one));
    const slept: number[] = [];
    const { exit } = await home.evals(`import traces ${address(path)}`, {
      env,
      sleep: async (ms) => void slept.push(ms),
    });
    expect(exit).toBe(0);
    expect(slept).toHaveLength(2);
    for (const ms of slept) expect(ms).toBeGreaterThanOrEqual(7000);
  });

  it("end with exit 2 where the key is not set, or is refused, and no key is shown", async () => {
    answer = ({ headers }) => ({ status: 401, body: { you_sent: headers } });
    const [variable = ""] = Object.keys(env);
    const unset = await take(address(path), {});
    expect([unset.exit, unset.document.problems[0].code]).toEqual([2, "EVALS_IMPORT_KEY"]);
    expect(asked).toHaveLength(0);
    const refused = await take(address(path), env);
    expect([refused.exit, refused.document.problems[0].code]).toEqual([2, "EVALS_IMPORT_KEY"]);
    expect(refused.document.problems[0].what).toContain(variable);
    answer = ({ headers }) => ({ status: 500, body: { you_sent: headers } });
    const broken = await take(address(path), env);
    expect(broken.document.problems[0]).toMatchObject({ code: "EVALS_IMPORT_SERVER" });
    expect(JSON.stringify(broken.document)).not.toContain(KEY);
  });

  it("end with exit 2 when the reply is not a page", async () => {
    answer = () => ({ body: { data: null, error: "no such table" } });
    const { exit, document } = await take(address(path), env);
    expect([exit, document.problems[0].code]).toEqual([2, "EVALS_IMPORT_SERVER"]);
  });
});

describe("texts of Helicone that are stored at another address", () => {
  const { path, env } = PLATFORMS.Helicone as Platform;
  const { request_body: request, response_body: response, ...row } = helicone;

  it("are fetched from there, without the key", async () => {
    answer = ({ url }) =>
      url.pathname === "/body"
        ? { body: { request, response } }
        : {
            body: {
              data: [{ ...row, request_body: {}, signed_body_url: address("/body?signed=1") }],
              error: null,
            },
          };
    const { document } = await take(address(path), env);
    expect(document.taken).toMatchObject({ traces: 1 });
    expect(asked.map(({ url, headers }) => [url.pathname, headers.authorization])).toEqual([
      [path, `Bearer ${KEY}`],
      ["/body", undefined],
    ]);
    const { stdout } = await home.evals(`show trace:${row.request_id} --json`);
    expect(JSON.parse(stdout).transcript.messages.length).toBeGreaterThan(1);
  });

  it("are named when they are gone", async () => {
    answer = ({ url }) =>
      url.pathname === "/body"
        ? { status: 403, body: {} }
        : {
            body: {
              data: [helicone, { ...row, request_id: "gone", signed_body_url: address("/body") }],
              error: null,
            },
          };
    const { document } = await take(address(path), env);
    expect(document.taken).toMatchObject({ traces: 1 });
    expect(document.left).toContainEqual(
      expect.objectContaining({
        line: 2,
        why: "The item's request and reply could not be fetched: HTTP 403.",
      }),
    );
  });
});

it("of LangSmith need a project", async () => {
  const { document } = await take("https://api.smith.langchain.com/api/v2/runs/query", {
    LANGSMITH_API_KEY: KEY,
  });
  expect(document.problems[0]).toMatchObject({ code: "EVALS_OPTION_INVALID" });
});
