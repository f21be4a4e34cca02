import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  agentModel,
  clerk,
  projectOf,
  removeAgentProjects,
  results,
  shown,
} from "../testing/agent-project.ts";
import type { Scenario } from "../testing/scenario.ts";

const servers: { close(): void }[] = [];
afterEach(() => {
  removeAgentProjects();
  for (const one of servers.splice(0)) one.close();
});

const RECORDED = "fixtures/tools/refunds.jsonl";

describe("tools that answer from a recording", () => {
  /** A project whose tools were recorded and answer from the recording. The tools themselves are deleted. */
  async function frozen(model: typeof clerk) {
    const { url, asked } = await agentModel(model);
    const repo = projectOf("agents.md", url);
    const ran = await repo.evals("run --record");
    expect(ran.stderr).toContain(
      `recorded 2 answers of tools in ${RECORDED}; agent: { recorded: ${RECORDED} }`,
    );
    repo.edit(
      "evals/refunds.yaml",
      "  tools: [tools/shop.ts]",
      `  tools: [tools/shop.ts]\n  recorded: ${RECORDED}`,
    );
    repo.edit(
      "tools/shop.ts",
      "export default {",
      'throw new Error("the desk is closed");\nexport default {',
    );
    asked.length = 0;
    return { repo, asked };
  }
  const lines = (repo: Scenario) =>
    repo
      .read(RECORDED)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("are recorded by case, tool, arguments and occurrence, with what is offered", async () => {
    const { repo } = await frozen(clerk);
    const offered = lines(repo).filter((one) => one.case === undefined);
    expect(offered.map(({ tool, reads }) => [tool, reads])).toEqual([
      ["find_order", true],
      ["refund", false],
    ]);
    expect(lines(repo).filter((one) => one.case !== undefined)).toEqual([
      ...[
        {
          case: "kettle",
          tool: "find_order",
          arguments: { id: "A-1042" },
          occurrence: 1,
          result: { total: 40 },
        },
      ],
      { case: "kettle", tool: "refund", arguments: { id: "A-1042" }, occurrence: 1, result: { paid: 40 } },
    ]);
  });

  it("answer a model that is asked live, without being run", async () => {
    const { repo, asked } = await frozen(clerk);
    expect((await repo.evals("check")).exit).toBe(0);
    expect((await repo.evals("run --no-exec")).exit).toBe(0);
    expect(asked).toHaveLength(3);
    const { pass, transcript } = await shown(repo, "kettle");
    expect(pass).toBe(true);
    expect(transcript.tool_calls.map(({ result }) => result)).toEqual([{ total: 40 }, { paid: 40 }]);
    expect(transcript.state).toBeNull();
    expect(transcript.tool_calls[0]).toMatchObject({ reads: true });
  });

  it("make a trial errored when it makes a call that was not recorded: with other arguments, or once more", async () => {
    let second: () => ReturnType<typeof clerk> = () => [["refund", { id: "A-1042" }]];
    const { repo } = await frozen((one) => (results(one).length === 1 ? second() : clerk(one)));
    const errored = async () => {
      expect((await repo.evals("run --no-cache")).exit).toBe(3);
      return (await shown(repo, "kettle")) as { readonly error: string | null; readonly message?: string };
    };
    second = () => [["refund", { id: "B-7" }]];
    const other = await errored();
    expect(other.error).toBe("tool");
    expect(other.message).toContain(`${RECORDED} has no answer to refund({"id":"B-7"}) in case "kettle"`);
    second = () => [["find_order", { id: "A-1042" }]];
    expect((await errored()).message).toContain("(call 2 with these arguments)");
  });

  it("give each occurrence of a call its own answer, and an error again as an error", async () => {
    const counted = (one: Parameters<typeof clerk>[0]): ReturnType<typeof clerk> =>
      results(one).length < 2
        ? [["refund", { id: "A-1042" }]]
        : results(one).length === 2
          ? [["refund", { id: "none" }]]
          : "40 is back.";
    const { url, asked } = await agentModel(counted);
    const repo = projectOf("agents.md", url);
    repo.edit(
      "tools/shop.ts",
      "return { paid: order.total };",
      "order.total -= 1;\n      return { paid: order.total };",
    );
    await repo.evals("run --record");
    repo.edit("evals/refunds.yaml", "  tools:", `  recorded: ${RECORDED}\n  tools:`);
    const live = asked.slice(-1).flatMap(results);
    asked.length = 0;
    await repo.evals("run");
    expect(live).toEqual(['{"paid":39}', '{"paid":38}', '{"error":"no order none"}']);
    expect(asked.slice(-1).flatMap(results)).toEqual(live);
    expect((await shown(repo, "kettle")).transcript.tool_calls[2]).toMatchObject({ error: "no order none" });
  });

  it("change the key of a case only by what is recorded for that case", async () => {
    const { repo, asked } = await frozen(clerk);
    await repo.evals("run");
    asked.length = 0;
    await repo.evals("run");
    expect(asked).toHaveLength(0);
    repo.write(
      RECORDED,
      `${repo.read(RECORDED)}{"case":"lamp","tool":"refund","arguments":{},"occurrence":1,"result":1}\n`,
    );
    await repo.evals("run");
    expect(asked).toHaveLength(0);
    repo.edit(RECORDED, '"paid":40', '"paid":41');
    await repo.evals("run");
    expect(asked).toHaveLength(3);
  });

  it("are run again by --record, which replaces what has changed and keeps the rest", async () => {
    const { repo } = await frozen(clerk);
    repo.edit("tools/shop.ts", 'throw new Error("the desk is closed");\n', "");
    repo.edit("tools/shop.ts", "paid: order.total", "paid: order.total, by: 'card'");
    const other = '{"case":"lamp","tool":"refund","arguments":{},"occurrence":1,"error":"closed"}';
    repo.write(RECORDED, `${repo.read(RECORDED)}${other}\n`);
    expect((await repo.evals("run --record")).exit).toBe(0);
    expect(lines(repo).find((one) => one.case === "kettle" && one.tool === "refund").result).toEqual({
      paid: 40,
      by: "card",
    });
    expect(repo.read(RECORDED)).toContain(other);
  });

  it.each([
    [
      "a line that is no call",
      (repo: Scenario) => repo.write(RECORDED, `${repo.read(RECORDED)}{"tool":"refund"}\n`),
      5,
    ],
    [
      "a call with neither result nor error",
      (repo: Scenario) => repo.edit(RECORDED, ',"result":{"paid":40}', ""),
      4,
    ],
    ["a line that is cut short", (repo: Scenario) => repo.edit(RECORDED, ',"result":{"paid":40}}', ""), 4],
  ])("are refused with the place of %s", async (_, damage, line) => {
    const { repo, asked } = await frozen(clerk);
    damage(repo);
    for (const command of ["run --json", "check --json"]) {
      const { exit, stdout } = await repo.evals(command);
      expect([exit, JSON.parse(stdout).problems[0]]).toMatchObject([
        2,
        { code: "EVALS_TOOL_RECORDING", path: RECORDED, line },
      ]);
    }
    expect(asked).toHaveLength(0);
  });

  it("are refused where there is no recording, with the command that makes one", async () => {
    const { repo } = await frozen(clerk);
    repo.edit("evals/refunds.yaml", `recorded: ${RECORDED}`, "recorded: fixtures/tools/none.jsonl");
    const { exit, stdout } = await repo.evals("run --json");
    expect([exit, JSON.parse(stdout).problems[0]]).toMatchObject([
      2,
      {
        code: "EVALS_RECORDING_FILE",
        path: "evals/refunds.yaml",
        line: 6,
        fix: expect.stringContaining("--record"),
      },
    ]);
  });
});

describe("a tool over HTTP", () => {
  interface Request {
    readonly method: string | undefined;
    readonly url: string | undefined;
    readonly key: string | undefined;
    readonly body: string;
  }
  type Answer = { readonly status?: number; readonly text: string } | "hang" | "cut";

  async function service(answer: (asked: Request) => Answer): Promise<{ url: string; asked: Request[] }> {
    const asked: Request[] = [];
    const read = async (request: IncomingMessage): Promise<string> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    };
    const server = createServer(async (request, reply) => {
      const one = {
        ...{ method: request.method, url: request.url, body: await read(request) },
        key: request.headers["x-desk-key"] as string | undefined,
      };
      asked.push(one);
      const said = answer(one);
      if (said === "hang") return;
      if (said === "cut") {
        request.socket.destroy();
        return;
      }
      reply.writeHead(said.status ?? 200, { "content-type": "application/json" }).end(said.text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push({
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  async function desk(answer: (asked: Request) => Answer, more = "", model: typeof clerk = clerk) {
    const { url: at, asked } = await service(answer);
    const { url, asked: models } = await agentModel(model);
    const repo = projectOf("agents.md", url);
    const key = `headers: { x-desk-key: "\${env:DESK_KEY}" }`;
    repo.edit(
      "evals/refunds.yaml",
      "  tools: [tools/shop.ts]",
      `  tools:
    - http: { name: find_order, description: Looks an order up., reads: true, method: GET, url: "${at}/orders/{{ arguments.id }}?case={{ case.id }}", result: $.order, ${key}${more} }
    - http: { name: refund, url: "${at}/refunds", body: { order: "{{ arguments.id }}", trial: "{{ trial | json }}" }${more} }`,
    );
    repo.write(".env", "DESK_KEY=a-key-of-the-desk\n");
    return { repo, asked, models };
  }
  const sound = ({ method }: Request): Answer =>
    method === "GET"
      ? { text: '{"order": {"total": 40, "key": "a-key-of-the-desk"}}' }
      : { text: '{"paid": 40}' };

  it("is asked with templates over its arguments, and its secrets are in nothing that is stored", async () => {
    const { repo, asked, models } = await desk(sound);
    expect((await repo.evals("check")).exit).toBe(0);
    expect((await repo.evals("run")).exit).toBe(0);
    expect(asked).toEqual([
      { method: "GET", url: "/orders/A-1042?case=kettle", key: "a-key-of-the-desk", body: "" },
      { method: "POST", url: "/refunds", key: undefined, body: '{"order":"A-1042","trial":1}' },
    ]);
    const { transcript, pass } = await shown(repo, "kettle");
    expect(pass).toBe(true);
    expect(transcript.tool_calls).toMatchObject([
      { name: "find_order", result: { total: 40, key: "[redacted]" }, reads: true },
      { name: "refund", result: { paid: 40 } },
    ]);
    expect(models[0]?.tools?.map((one) => one.function.name)).toEqual(["find_order", "refund"]);
  });

  it("is asked anew in each run without a version, and not with one", async () => {
    const anew = await desk(sound);
    for (const _ of [1, 2]) await anew.repo.evals("run");
    expect(anew.asked).toHaveLength(4);
    const fixed = await desk(sound, ', version: "1"');
    for (const _ of [1, 2]) await fixed.repo.evals("run");
    expect(fixed.asked).toHaveLength(2);
  });

  it("reports to the model a refusal, a reply without the result, and a missing argument", async () => {
    const calls = [
      ["find_order", { id: "gone" }],
      ["find_order", { id: "odd" }],
      ["find_order", {}],
      ["find_order", { id: ".." }],
    ] as const;
    const { repo, asked } = await desk(
      ({ url = "" }) =>
        url.includes("gone") ? { status: 404, text: '{"why":"no such order"}' } : { text: "{}" },
      "",
      (one) => (results(one).length === 0 ? calls : "40"),
    );
    await repo.evals("run");
    const { transcript } = await shown(repo, "kettle");
    expect(transcript.tool_calls.map(({ error }) => error)).toEqual([
      'HTTP 404: {"why":"no such order"}',
      "the reply has nothing at $.order",
      "the argument id is missing",
      expect.stringContaining("its values would lead to"),
    ]);
    expect(asked).toHaveLength(2);
  });

  it.each(["cut", "gone"] as const)(
    "makes its trial errored when its service is lost (%s), and asks nothing twice",
    async (how) => {
      const { repo, asked } = await desk(() => "cut");
      if (how === "gone") for (const one of servers.splice(0)) one.close();
      expect((await repo.evals("run")).exit).toBe(3);
      const { error, message } = (await shown(repo, "kettle")) as { error: string | null; message?: string };
      expect(error).toBe("tool");
      expect(message).toContain("the service of the tool find_order gave no result");
      expect(asked).toHaveLength(how === "cut" ? 1 : 0);
    },
  );

  it("is given up when the time of its agent is over", async () => {
    const { repo } = await desk(() => "hang");
    repo.edit("evals/refunds.yaml", "{ steps: 8, usd: 0.05 }", "{ time: 300ms }");
    await repo.evals("run");
    const { transcript } = await shown(repo, "kettle");
    expect(transcript.stopped).toBe("time");
    expect(transcript.tool_calls[0]?.error).toContain("no answer within");
  });

  it.each([
    ["${env:DESK_KEY}", "abcdefgh-literal", "x-desk-key: ", "authorization: ", "EVALS_SECRET_IN_FILE"],
    ["${env:DESK_KEY}", "${env:NOT_SET}", "", "", "EVALS_ENV_UNSET"],
    ["{{ arguments.id }}?", "{{ arguments.id ?", "", "", "EVALS_BODY_TEMPLATE"],
    ["result: $.order", "result: $.order..", "", "", "EVALS_JSONPATH"],
    ["name: refund", "name: find_order", "", "", "EVALS_AGENT_TOOL_TWICE"],
    ["method: GET", "method: GET, body: {}", "", "", "EVALS_SUITE_INVALID"],
    ["name: refund", "nam: refund", "", "", "EVALS_SUITE_UNKNOWN_KEY"],
  ])(
    "is refused with its place before anything is asked: %s → %s",
    async (from, to, header, instead, code) => {
      const { repo, asked, models } = await desk(sound);
      repo.edit("evals/refunds.yaml", from, to);
      if (header !== "") repo.edit("evals/refunds.yaml", header, instead);
      const { exit, stdout } = await repo.evals("run --json");
      expect([exit, JSON.parse(stdout).problems?.[0]]).toMatchObject([
        2,
        { code, path: "evals/refunds.yaml", line: expect.any(Number), column: expect.any(Number) },
      ]);
      expect([...asked, ...models]).toEqual([]);
    },
  );

  it("and a server of tools take their keys from the environment, in their headers alone", async () => {
    const { repo } = await desk(sound);
    const server = (more: string) =>
      repo.edit(
        "evals/refunds.yaml",
        "  tools:",
        `  tools:\n    - { mcp: { url: "http://127.0.0.1:9/mcp", ${more} } }`,
      );
    server(`headers: { authorization: "Bearer \${env:DESK_KEY}" }`);
    expect((await repo.evals("check")).exit).toBe(0);
    server(`headers: { authorization: "Bearer a-key-that-is-written" }`);
    expect(JSON.parse((await repo.evals("check --json")).stdout).problems).toMatchObject([
      { code: "EVALS_SECRET_IN_FILE", path: "evals/refunds.yaml", line: 6 },
    ]);
  });
});
