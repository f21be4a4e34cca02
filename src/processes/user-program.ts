import { lastWords } from "./last-words.ts";
import { ProcessTree } from "./process-tree.ts";
import { Utf8Stream } from "./utf8-stream.ts";

/** A user's program, how to start it, and its output limit. */
export interface UserProgram {
  readonly command: readonly string[];
  /** Working directory, as an absolute path. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Maximum number of characters in one answer. */
  readonly longest: number;
  /**
   * Describes how the program's files have changed; undefined when they have not. A changed program is not
   * started, because answers would come from two versions.
   */
  readonly changed: () => string | undefined;
}

/** Why a program gave no answer. */
export type ProgramFailure =
  | { readonly kind: "changed"; readonly what: string }
  | { readonly kind: "not-started"; readonly error: NodeJS.ErrnoException }
  | {
      readonly kind: "ended";
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      /** The line on stderr that says why it ended, mostly the last; empty when there is none. */
      readonly last_line: string;
      /** The end of the program's stdout. */
      readonly output: string;
    }
  | { readonly kind: "too-long" | "not-text" }
  /**
   * The request's signal aborted before the answer was complete; the process and its children are being killed.
   */
  | { readonly kind: "given-up" }
  | { readonly kind: "closed" };

export type ProgramReply =
  | {
      readonly kind: "answer";
      readonly text: string;
      /**
       * Whether a persistent process wrote more than the one line requested. Such a process is not used again.
       */
      readonly surplus: boolean;
    }
  | ProgramFailure;

/** A running process that answers requests. */
export interface ProgramProcess {
  /** Whether the process cannot be used again. */
  readonly spent: boolean;
  ask(request: string, signal: AbortSignal): Promise<ProgramReply>;
  /**
   * Ends the process with all its children.
   *
   * @param graceMs milliseconds to exit by itself after its input is closed
   */
  close(graceMs: number): Promise<void>;
  /** Resolves when the process has exited. */
  readonly gone: Promise<void>;
}

/** Number of last characters of stdout and stderr kept for error messages. */
const KEPT = 8 * 1024;

/**
 * What `OneAnswer` and `LinesBothWays` have in common: limited output, one request at a time, and killing the process
 * tree when a request is abandoned.
 */
abstract class Asked implements ProgramProcess {
  spent = false;
  protected readonly tree: ProcessTree;
  protected readonly stdout = new Utf8Stream();
  protected readonly parts: string[] = [];
  readonly #longest: number;
  readonly #lastLine: () => string;
  #held = 0;
  #settle: ((reply: ProgramReply) => void) | undefined;

  constructor({ command, cwd, env, longest }: UserProgram) {
    this.#longest = longest;
    this.tree = new ProcessTree(command, { cwd, env: { ...env } });
    this.#lastLine = lastLineOf(this.tree);
    const { child } = this.tree;
    child.stdout?.on("data", (bytes: Buffer) => this.#read(bytes));
    child.once("error", (error) => this.fail({ kind: "not-started", error }));
    child.once("close", (code, signal) => this.ended(code, signal));
  }

  get gone(): Promise<void> {
    return this.tree.gone;
  }

  protected get waits(): boolean {
    return this.#settle !== undefined;
  }

  /** Handles a piece of output. */
  protected abstract take(text: string): void;
  protected abstract ended(code: number | null, signal: NodeJS.Signals | null): void;
  protected abstract write(request: string): void;

  ask(request: string, signal: AbortSignal): Promise<ProgramReply> {
    return new Promise((resolve) => {
      const giveUp = (): void => this.drop({ kind: "given-up" });
      this.#settle = (reply) => {
        signal.removeEventListener("abort", giveUp);
        resolve(reply);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.write(request);
    });
  }

  async close(graceMs: number): Promise<void> {
    this.tree.child.stdin?.end();
    const force = setTimeout(() => void this.tree.end(), graceMs);
    await this.tree.gone;
    clearTimeout(force);
    await this.tree.end();
  }

  /** Appends to the answer. Abandons the process when the answer has more characters than the program's `longest`. */
  protected hold(part: string): void {
    if (this.spent) return;
    this.parts.push(part);
    this.#held += part.length;
    if (this.#held > this.#longest) this.drop({ kind: "too-long" });
  }

  /** Returns the answer so far and starts a new one. */
  protected taken(): string {
    this.#held = 0;
    return this.parts.splice(0).join("");
  }

  protected settle(reply: ProgramReply): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(reply);
  }

  protected fail(reply: ProgramFailure): void {
    this.spent = true;
    this.settle(reply);
  }

  /** Abandons the process: it is killed with all its children. */
  protected drop(reply: ProgramFailure): void {
    this.fail(reply);
    this.parts.length = 0;
    void this.tree.end();
  }

  protected wentAway(code: number | null, signal: NodeJS.Signals | null): ProgramFailure {
    return {
      kind: "ended",
      code,
      signal,
      last_line: this.#lastLine(),
      output: this.parts.join("").slice(-KEPT),
    };
  }

  #read(bytes: Buffer): void {
    const text = this.stdout.read(bytes);
    if (text === undefined) this.drop({ kind: "not-text" });
    else this.take(text);
  }
}

/** A process that reads one request from stdin; its answer is all that it writes to stdout. */
export class OneAnswer extends Asked {
  protected write(request: string): void {
    this.tree.child.stdin?.end(request);
  }

  protected take(text: string): void {
    this.hold(text);
  }

  protected ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (code !== 0) this.fail(this.wentAway(code, signal));
    else if (!this.stdout.endsWhole()) this.fail({ kind: "not-text" });
    else this.settle({ kind: "answer", text: this.taken(), surplus: false });
    this.spent = true;
  }
}

/** A process that answers each line on stdin with one line on stdout, one at a time. Empty lines are ignored. */
export class LinesBothWays extends Asked {
  protected write(request: string): void {
    this.tree.child.stdin?.write(`${request}\n`);
  }

  protected take(text: string): void {
    const [first = "", ...rest] = text.split("\n");
    this.hold(first);
    for (const [at, part] of rest.entries()) {
      const line = this.taken().trim();
      if (line !== "")
        this.#receive(
          line,
          rest.slice(at).some((more) => more.trim() !== ""),
        );
      this.hold(part);
    }
  }

  protected ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.fail(this.wentAway(code, signal));
  }

  #receive(line: string, surplus: boolean): void {
    // After a line that nobody asked for, answers would be assigned to the wrong requests, so the process is ended.
    const asked = this.waits;
    if (asked) this.settle({ kind: "answer", text: line, surplus });
    if (asked && !surplus) return;
    this.spent = true;
    void this.tree.end();
  }
}

/** Returns the line of a process's stderr that says why it ended. */
function lastLineOf({ child }: ProcessTree): () => string {
  let kept = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-KEPT);
  });
  return () => lastWords(kept);
}
