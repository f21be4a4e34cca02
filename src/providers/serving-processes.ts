import { parseExactJson } from "../domain/exact-json.ts";
import { LONGEST_REPLY } from "../domain/longest-reply.ts";
import type { FailedReply, Reply } from "../domain/provider.ts";
import { ProcessTree } from "../processes/process-tree.ts";
import {
  type CommandLine,
  changedMeanwhile,
  lastLineOf,
  notStarted,
  wentWrong,
  wroteNoText,
  wroteTooMuch,
} from "./command-process.ts";
import { abortedReply, malformedReply } from "./failed-reply.ts";
import { readGivenAnswer } from "./given-answer.ts";
import { Utf8Stream } from "./utf8-stream.ts";

/** One process that answers line by line, one question at a time. */
class Server {
  readonly tree: ProcessTree;
  readonly #line: CommandLine;
  readonly #lastLine: () => string;
  /** Of the line that has not ended yet. */
  #parts: string[] = [];
  #held = 0;
  readonly #stdout = new Utf8Stream();
  #answer: ((reply: Reply) => void) | undefined;
  /** It ended, or an answer of it was given up: what it writes next belongs to nobody. */
  spent = false;

  constructor(line: CommandLine) {
    this.#line = line;
    this.tree = new ProcessTree(line.command, line);
    this.#lastLine = lastLineOf(this.tree);
    this.tree.child.stdout?.on("data", (bytes: Buffer) => this.#read(this.#stdout.read(bytes)));
    this.tree.child.once("error", (error) => this.#end(notStarted(error, this.#program)));
    this.tree.child.once("close", (code, signal) =>
      this.#end(wentWrong(this.#program, code, signal, line.redact(this.#lastLine()))),
    );
  }

  get #program(): string {
    return this.#line.command[0] ?? "";
  }

  #end(reply: Reply): void {
    this.spent = true;
    this.#settle(reply);
  }

  #settle(reply: Reply): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(reply);
  }

  #read(text: string | undefined): void {
    if (text === undefined) {
      this.#end(wroteNoText(this.#program));
      void this.tree.end();
      return;
    }
    const [first = "", ...rest] = text.split("\n");
    this.#hold(first);
    for (const part of rest) {
      const line = this.#parts.join("").trim();
      this.#parts = [];
      this.#held = 0;
      if (line !== "") this.#receive(line);
      this.#hold(part);
    }
  }

  #hold(part: string): void {
    if (this.spent) return;
    this.#parts.push(part);
    this.#held += part.length;
    if (this.#held <= LONGEST_REPLY) return;
    this.#parts = [];
    this.#end(wroteTooMuch(this.#program));
    void this.tree.end();
  }

  #receive(line: string): void {
    if (this.#answer !== undefined) {
      this.#settle(this.#readLine(line));
      return;
    }
    // It wrote a line that nobody asked for: from here on answers would belong to the wrong questions.
    this.spent = true;
    void this.tree.end();
  }

  #readLine(line: string): Reply {
    try {
      return readGivenAnswer(parseExactJson(line), this.#program);
    } catch {
      return malformedReply(`${this.#program} wrote a line that is not JSON`);
    }
  }

  /** Sends one line and waits for one. */
  ask(question: string, signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve) => {
      const giveUp = () => {
        this.spent = true;
        void this.tree.end();
        this.#settle(abortedReply(signal));
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#answer = (reply) => {
        signal.removeEventListener("abort", giveUp);
        resolve(reply);
      };
      this.tree.child.stdin?.write(`${question}\n`);
    });
  }

  /** Closes its input, which asks it to end; ends it when it does not. */
  async close(graceMs: number): Promise<void> {
    this.tree.child.stdin?.end();
    const force = setTimeout(() => void this.tree.end(), graceMs);
    await this.tree.gone;
    clearTimeout(force);
    await this.tree.end();
  }
}

/**
 * Processes that stay: each reads a line of JSON and writes one. At most `most` of them; a further question waits.
 */
export class ServingProcesses {
  readonly #line: CommandLine;
  readonly #most: number;
  readonly #idle: Server[] = [];
  readonly #all = new Set<Server>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(line: CommandLine, most: number) {
    this.#line = line;
    this.#most = most;
  }

  #take(): Server | FailedReply {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle.spent ? this.#take() : idle;
    const other = changedMeanwhile(this.#line);
    if (other !== undefined) return other;
    const server = new Server(this.#line);
    this.#all.add(server);
    void server.tree.gone.then(() => this.#all.delete(server));
    return server;
  }

  /** @param question one line of JSON without its end */
  async ask(question: string, signal: AbortSignal): Promise<Reply> {
    while (this.#busy >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (signal.aborted) {
      this.#waiting.shift()?.();
      return abortedReply(signal);
    }
    const server = this.#take();
    if (!(server instanceof Server)) {
      this.#waiting.shift()?.();
      return server;
    }
    this.#busy += 1;
    try {
      return await server.ask(question, signal);
    } finally {
      this.#busy -= 1;
      if (!server.spent) this.#idle.push(server);
      this.#waiting.shift()?.();
    }
  }

  /** @param graceMs how long they may take to end by themselves */
  async close(graceMs = 500): Promise<void> {
    await Promise.all([...this.#all].map((server) => server.close(graceMs)));
  }
}
