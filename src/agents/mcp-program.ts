import { ReadBuffer, serializeMessage, type Transport } from "@modelcontextprotocol/client";
import { lastWords } from "../processes/last-words.ts";
import { ProcessTree } from "../processes/process-tree.ts";

type Message = Parameters<Transport["send"]>[0];

/** How long a server may take to exit after its input is closed, in milliseconds. */
const GRACE_MS = 300;
/** Number of last stderr characters kept for an error message. */
const KEPT = 4096;

interface ProgramOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * An MCP server run as a program, with one message per line in both directions. A server that does not exit after its
 * input is closed is killed, with all its child processes.
 */
export class ProgramTransport implements Transport {
  onclose?: Transport["onclose"];
  onerror?: Transport["onerror"];
  onmessage?: Transport["onmessage"];
  readonly #options: ProgramOptions;
  readonly #buffer = new ReadBuffer();
  #tree: ProcessTree | undefined;
  #ended = false;
  #stderr = "";
  #failure: string | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** The line of the server's stderr that says why it ended, or why it did not start; empty when there is neither. */
  get lastWords(): string {
    return this.#failure ?? lastWords(this.#stderr);
  }

  async start(): Promise<void> {
    const { command, cwd, env } = this.#options;
    const tree = new ProcessTree(command, { cwd, env: { ...env } });
    this.#tree = tree;
    const { child } = tree;
    child.stdout?.on("data", (bytes: Buffer) => this.#read(bytes));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT);
    });
    child.once("error", (error) => {
      this.#failure = error.message;
      this.#end();
    });
    child.once("exit", () => this.#end());
  }

  async send(message: Message): Promise<void> {
    const stdin = this.#tree?.child.stdin;
    if (this.#ended || stdin === undefined || stdin === null) throw new Error("the server has ended");
    stdin.write(serializeMessage(message));
  }

  async close(): Promise<void> {
    const tree = this.#tree;
    if (tree === undefined) return;
    tree.child.stdin?.end();
    const force = setTimeout(() => void tree.end(), GRACE_MS);
    await tree.gone;
    clearTimeout(force);
    this.#end();
  }

  #read(bytes: Buffer): void {
    try {
      this.#buffer.append(bytes);
      for (let message = this.#buffer.readMessage(); message !== null; message = this.#buffer.readMessage())
        this.onmessage?.(message);
    } catch (error) {
      this.onerror?.(error as Error);
      void this.#tree?.end();
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onclose?.();
  }
}
