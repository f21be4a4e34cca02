import { Client, ProtocolError, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { McpServer } from "../domain/agent-settings.ts";
import type { Json } from "../domain/json.ts";
import { refuseCode } from "../domain/no-exec.ts";
import type { OfferedTool, ToolOutcome } from "../domain/tool.ts";
import { ProgramTransport } from "./mcp-program.ts";
import { resultOfContent } from "./mcp-result.ts";
import { type CallBounds, lost, noAnswer, type ToolProvider, type TrialTools } from "./trial-tools.ts";

export interface McpOptions {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Headers with secrets filled in. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Time limit to connect and list tools, in milliseconds. */
const CONNECT_MS = 30_000;
/** Maximum number of pages of a tool list. */
const MAX_PAGES = 100;

/** The server's name in messages. */
export function serverName({ command, url }: McpServer): string {
  return url ?? command?.join(" ") ?? "";
}

/** The tools of an MCP server. Each trial has its own connection, and its own process if the server is a program. */
export function mcpTools(server: McpServer, options: McpOptions): ToolProvider {
  const closing = new Set<Promise<void>>();
  return {
    open: async ({ signal }) => {
      const connection = new Connection(server, options);
      const problem = await connection.open(signal);
      if (problem === undefined) return trialOf(connection, closing);
      later(connection.close(), closing);
      return lost(`the MCP server ${serverName(server)} ${problem}`);
    },
    close: async () => {
      await Promise.all(closing);
    },
  };
}

/** Lets a connection close in the background, so no trial waits for it. */
function later(closed: Promise<void>, closing: Set<Promise<void>>): void {
  closing.add(closed);
  void closed.finally(() => closing.delete(closed));
}

function trialOf(connection: Connection, closing: Set<Promise<void>>): TrialTools {
  return {
    offered: connection.tools,
    call: (name, given, bounds) => connection.call(name, given, bounds),
    leave: async () => {
      later(connection.close(), closing);
      return { kind: "left", state: undefined };
    },
  };
}

/** One connection to a server. */
class Connection {
  tools: readonly OfferedTool[] = [];
  readonly #server: McpServer;
  readonly #transport: ProgramTransport | StreamableHTTPClientTransport;
  readonly #client = new Client({ name: "evals", version: "1.0.0" }, { listMaxPages: MAX_PAGES });
  /** Aborts when the connection breaks, so that a running call does not wait for an answer. */
  readonly #broken = new AbortController();
  #closing = false;

  constructor(server: McpServer, { root, env, headers }: McpOptions) {
    this.#server = server;
    if (server.url === undefined) refuseCode(env, `The MCP server ${server.command?.join(" ")}`);
    this.#transport =
      server.url === undefined
        ? new ProgramTransport({ command: server.command ?? [], cwd: root, env })
        : new StreamableHTTPClientTransport(new URL(server.url), {
            requestInit: { headers: { ...headers } },
            // A broken stream is a lost call: its effect is unknown, so it is not retried.
            reconnectionOptions: {
              maxRetries: 0,
              initialReconnectionDelay: 1,
              maxReconnectionDelay: 1,
              reconnectionDelayGrowFactor: 1,
            },
          });
    this.#client.onclose = () => this.#breaks("it has ended");
    this.#client.onerror = (error) => {
      if (this.#transport instanceof StreamableHTTPClientTransport) this.#breaks(messageOf(error));
    };
  }

  /** Connects and lists the tools. @returns why the server cannot be used; undefined when it can */
  async open(signal: AbortSignal): Promise<string | undefined> {
    const within = { timeout: CONNECT_MS, signal };
    try {
      await this.#client.connect(this.#transport, within);
      // The client requests all pages of the list; more than MAX_PAGES are an error.
      const { tools } = await this.#client.listTools({}, within);
      this.tools = tools.map(({ name, description = "", inputSchema, annotations }) => ({
        name,
        description,
        parameters: inputSchema as Json,
        reads: annotations?.readOnlyHint === true,
      }));
      return undefined;
    } catch (error) {
      return `cannot be used: ${this.#why(error)}`;
    }
  }

  async call(
    name: string,
    given: Readonly<Record<string, Json>>,
    { timeout_ms, signal }: CallBounds,
  ): Promise<ToolOutcome> {
    if (this.#broken.signal.aborted) return this.#lost(this.#broken.signal.reason);
    const broken = whenAborted(this.#broken.signal);
    try {
      const called = this.#client.callTool(
        { name, arguments: { ...given } },
        { timeout: timeout_ms, maxTotalTimeout: timeout_ms, signal },
      );
      called.catch(() => {});
      return resultOfContent(await Promise.race([called, broken.promise]));
    } catch (error) {
      // The server answered with an error about the call.
      if (error instanceof ProtocolError) return { kind: "error", message: error.message };
      if (isTimeout(error)) return { kind: "error", message: noAnswer({ timeout_ms }), timed_out: true };
      return this.#lost(error);
    } finally {
      broken.forget();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#client.close().catch(() => {});
    await this.#transport.close().catch(() => {});
  }

  #breaks(message: string): void {
    if (!this.#closing) this.#broken.abort(new Error(message));
  }

  #lost(error: unknown): ToolOutcome {
    return lost(`the MCP server ${serverName(this.#server)} was lost: ${this.#why(error)}`);
  }

  #why(error: unknown): string {
    const words = this.#transport instanceof ProgramTransport ? this.#transport.lastWords : "";
    const message = messageOf(error);
    return words === "" ? message : `${message} (${words})`;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "REQUEST_TIMEOUT";
}

/** The messages of an error and of its cause, because `fetch` gives the reason only in the cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${error.message}${cause}`.replaceAll("\n", " ").slice(0, 500);
}

/** Rejects when a signal aborts. */
function whenAborted(signal: AbortSignal): { readonly promise: Promise<never>; readonly forget: () => void } {
  let forget = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    forget = () => signal.removeEventListener("abort", abort);
  });
  promise.catch(() => {});
  return { promise, forget };
}
