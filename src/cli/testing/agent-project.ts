import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Scenario, scenario } from "./scenario.ts";

// For tests only.

export interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

export type ModelAnswer = string | readonly (readonly [name: string, given: object | string])[];

const open: { remove(): void }[] = [];

export function removeAgentProjects(): void {
  for (const one of open.splice(0)) one.remove();
}

/** A fake chat model whose answers and tool calls a test decides. */
export async function agentModel(
  answer: (asked: Asked) => ModelAnswer | Promise<ModelAnswer>,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
      asked.push(body);
      const answered = await answer(body);
      const tool_calls =
        typeof answered === "string"
          ? undefined
          : answered.map(([name, given], at) => ({
              id: `call_${asked.length}_${at}`,
              type: "function",
              function: { name, arguments: typeof given === "string" ? given : JSON.stringify(given) },
            }));
      const message = { role: "assistant", content: tool_calls === undefined ? answered : null, tool_calls };
      reply.writeHead(200, { "content-type": "application/json" });
      reply.end(
        JSON.stringify({
          id: `c${asked.length}`,
          object: "chat.completion",
          model: "m",
          choices: [{ index: 0, finish_reason: tool_calls === undefined ? "stop" : "tool_calls", message }],
          usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    remove: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

const DOCS = fileURLToPath(new URL("../../../docs", import.meta.url));

/** The project of a documentation page's first example, with the fake model at `url`. */
export function projectOf(page: string, url: string): Scenario {
  const repo = scenario(null);
  open.push(repo);
  write(
    repo,
    "evalconfig.yaml",
    `models:\n  small: { provider: openai, model: desk-2026-01-01, base_url: "${url}", price: { input: 10, output: 10 } }\n`,
  );
  const text = readFileSync(join(DOCS, page), "utf8");
  const screen = text.slice(0, text.indexOf("\n## "));
  for (const [, path, file] of screen.matchAll(/^`([\w./-]+)`\n\n```\w+\n([\s\S]*?)```$/gm))
    write(repo, path as string, file as string);
  return repo;
}

export function write(repo: Scenario, path: string, text: string): void {
  mkdirSync(dirname(join(repo.root, path)), { recursive: true });
  repo.write(path, text);
}

interface Shown {
  readonly trials: readonly {
    readonly kind: string;
    readonly pass: boolean | null;
    readonly message?: string;
    readonly transcript: {
      readonly tool_calls: readonly {
        readonly name: string;
        readonly result: unknown;
        readonly error: string;
      }[];
      readonly state: unknown;
      readonly steps: number;
      readonly stopped: string | null;
      readonly messages: readonly { readonly role: string; readonly content: string }[];
    };
    readonly error: string | null;
    readonly failure: { readonly class: string; readonly message: number | null } | null;
    readonly scores: readonly ({ readonly reason: string; readonly turns?: unknown } | null)[];
  }[];
}

export async function shown(repo: Scenario, id: string): Promise<Shown["trials"][number]> {
  const { stdout } = await repo.evals(`show latest/${id} --json`);
  return (JSON.parse(stdout) as Shown).trials[0] as Shown["trials"][number];
}

export const results = ({ messages }: Asked): string[] =>
  messages.flatMap(({ role, content }) => (role === "tool" ? [content ?? ""] : []));

/** A model that looks up the order, refunds it, and says so. */
export const clerk = (asked: Asked): ModelAnswer => {
  const found = results(asked);
  if (found.length === 0) return [["find_order", { id: "A-1042" }]];
  return found.length === 1 ? [["refund", { id: "A-1042" }]] : "I have paid 40 back.";
};
