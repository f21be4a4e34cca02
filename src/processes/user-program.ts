import { ProcessTree } from "./process-tree.ts";
import { Utf8Stream } from "./utf8-stream.ts";

/** A user's program, how it is started, and how much it may write. */
export interface UserProgram {
  readonly command: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Most letters of one answer. */
  readonly longest: number;
  /** Says how the program is another one by now: then it is not started, or two programs would answer as one. */
  readonly changed: () => string | undefined;
}

/** How a program gave no answer. */
export type ProgramFailure =
  | { readonly kind: "changed"; readonly what: string }
  | { readonly kind: "not-started"; readonly error: NodeJS.ErrnoException }
  | {
      readonly kind: "ended";
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      /** The last line that it wrote to stderr; empty where there is none. */
      readonly last_line: string;
      /** The end of what it wrote to stdout. */
      readonly output: string;
    }
  | { readonly kind: "too-long" | "not-text" }
  /** The signal aborted first: the process is being ended with all that it started. */
  | { readonly kind: "given-up" }
  | { readonly kind: "closed" };

export type ProgramReply =
  | {
      readonly kind: "answer";
      readonly text: string;
      /** Of a process that stays: it wrote more in one breath than the line that was asked for, and is not asked again. */
      readonly surplus: boolean;
    }
  | ProgramFailure;

/** A process that is asked. */
export interface ProgramProcess {
  /** Whether it can be asked again. */
  readonly spent: boolean;
  ask(request: string, signal: AbortSignal): Promise<ProgramReply>;
  /** Ends it with all that it started. @param graceMs how long it may take to end by itself once its input has ended */
  close(graceMs: number): Promise<void>;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
}

/** So much of the end of stdout and stderr is kept for the reason of a failure. */
const KEPT = 8 * 1024;

/** What both ways of asking a process share: bounded reading, one question at a time, the tree ended when one is given up. */
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

  /** What a piece of text is to the answer. */
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

  /** Keeps a part of the answer, as long as it is not too long. */
  protected hold(part: string): void {
    if (this.spent) return;
    this.parts.push(part);
    this.#held += part.length;
    if (this.#held > this.#longest) this.drop({ kind: "too-long" });
  }

  /** The answer so far; what comes next is another's. */
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

  /** Gives the process up: it is ended with all that it started. */
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

/** One question on stdin, the answer is the whole of stdout. */
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

/** A line each way, one question at a time. Empty lines are none. */
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
    // After a line that nobody asked for, answers would belong to the wrong questions.
    const asked = this.waits;
    if (asked) this.settle({ kind: "answer", text: line, surplus });
    if (asked && !surplus) return;
    this.spent = true;
    void this.tree.end();
  }
}

/** The end of what a process writes to stderr, of which the last line that says anything is read. */
function lastLineOf({ child }: ProcessTree): () => string {
  let kept = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-KEPT);
  });
  return () => kept.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
