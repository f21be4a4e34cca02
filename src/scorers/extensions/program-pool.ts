import { LONGEST_REPLY, LONGEST_REPLY_WORDS } from "../../domain/longest-reply.ts";
import type { ProcessTree } from "../../processes/process-tree.ts";
import { exitWords, lastLineOf, type Program, ProgramFailure, start } from "./child-process.ts";

const WROTE_TOO_MUCH = `wrote more than ${LONGEST_REPLY_WORDS} for one answer`;

/** Answers requests with the user's program, a bounded number of processes at a time. */
export interface ProgramPool {
  /** @throws {ProgramFailure} */
  ask(request: string): Promise<string>;
  /** Ends all processes and what they started; requests in flight fail. */
  close(): Promise<void>;
}

/** One process a request: the request on stdin, the answer is its whole stdout. */
export function processPerRequest(program: Program, processes: number): ProgramPool {
  const running = new Set<ProcessTree>();
  const slots = new Slots(processes);
  return {
    ask: (request) =>
      slots.use(
        () =>
          new Promise((resolve, reject) => {
            const started = start(program);
            const { child } = started;
            running.add(started);
            const lastLine = lastLineOf(started);
            let stdout = "";
            let failure: ProgramFailure | undefined;
            const fail = (message: string) => {
              failure ??= new ProgramFailure(message);
              started.kill("SIGKILL");
            };
            const timer = setTimeout(
              () => fail(`gave no answer in ${program.timeout_ms} ms`),
              program.timeout_ms,
            );
            child.stdout?.on("data", (text: string) => {
              if (failure !== undefined) return;
              stdout += text;
              if (stdout.length > LONGEST_REPLY) fail(WROTE_TOO_MUCH);
            });
            const gone = (code: number | null, signal: NodeJS.Signals | null) => {
              clearTimeout(timer);
              running.delete(started);
              if (failure !== undefined) reject(failure);
              else if (code === 0) resolve(stdout);
              else reject(new ProgramFailure(exitWords(code, signal, lastLine())));
            };
            child.once("error", (error) => {
              fail(error.message);
              // What never began does not close either.
              if (child.pid === undefined) gone(null, null);
            });
            child.once("close", gone);
            child.stdin?.end(request);
          }),
      ),
    async close() {
      slots.close();
      await Promise.all([...running].map((one) => ended(one, () => one.kill("SIGKILL"))));
    },
  };
}

/** Processes that stay: a line each way. Started when needed; one that broke is replaced at the next request. */
export function processesThatStay(program: Program, processes: number): ProgramPool {
  const idle: LineProcess[] = [];
  const all = new Set<LineProcess>();
  const slots = new Slots(processes);
  return {
    ask: (request) =>
      slots.use(async () => {
        const worker = idle.pop() ?? new LineProcess(program);
        all.add(worker);
        try {
          return await worker.ask(request);
        } finally {
          if (worker.broken) all.delete(worker);
          else idle.push(worker);
        }
      }),
    async close() {
      slots.close();
      await Promise.all([...all].map((worker) => worker.close()));
    },
  };
}

/** Lets a bounded number of tasks run; the others wait their turn, first come first served. */
class Slots {
  private free: number;
  private closed = false;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  async use<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      if (this.closed) throw new ProgramFailure("was closed");
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }

  close(): void {
    this.closed = true;
  }
}

interface Pending {
  readonly resolve: (line: string) => void;
  readonly reject: (error: ProgramFailure) => void;
  readonly timer: NodeJS.Timeout;
}

/** How long a process may take to end by itself once its input has ended. */
const GRACE_MS = 500;

class LineProcess {
  broken = false;
  private readonly started: ProcessTree;
  private readonly program: Program;
  private pending: Pending | undefined;
  private readonly parts: string[] = [];
  private held = 0;

  constructor(program: Program) {
    this.program = program;
    this.started = start(program);
    const { child } = this.started;
    const lastLine = lastLineOf(this.started);
    child.stdout?.on("data", (text: string) => this.read(text));
    child.once("error", (error) => this.fail(error.message));
    child.once("close", (code, signal) => this.fail(exitWords(code, signal, lastLine())));
  }

  ask(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const { timeout_ms } = this.program;
      const timer = setTimeout(() => this.fail(`gave no answer in ${timeout_ms} ms`), timeout_ms);
      this.pending = { resolve, reject, timer };
      this.started.child.stdin?.write(`${request}\n`);
    });
  }

  async close(): Promise<void> {
    await ended(this.started, () => {
      this.started.child.stdin?.end();
      setTimeout(() => this.started.kill("SIGKILL"), GRACE_MS).unref();
    });
  }

  private read(text: string): void {
    if (this.broken) return;
    const end = text.indexOf("\n");
    this.parts.push(end < 0 ? text : text.slice(0, end));
    this.held += text.length;
    if (this.held > LONGEST_REPLY) {
      this.fail(WROTE_TOO_MUCH);
      return;
    }
    if (end < 0) return;
    const line = this.parts.join("");
    this.parts.length = 0;
    this.held = 0;
    if (this.pending === undefined || end + 1 < text.length) {
      this.fail("wrote a line that nothing asked for");
      return;
    }
    const { resolve, timer } = this.pending;
    this.pending = undefined;
    clearTimeout(timer);
    resolve(line);
  }

  private fail(message: string): void {
    this.broken = true;
    this.started.kill("SIGKILL");
    if (this.pending === undefined) return;
    const { reject, timer } = this.pending;
    this.pending = undefined;
    clearTimeout(timer);
    reject(new ProgramFailure(message));
  }
}

/** Asks a process to end and waits until it has. */
function ended({ child }: ProcessTree, askToEnd: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
    return Promise.resolve();
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    askToEnd();
  });
}
