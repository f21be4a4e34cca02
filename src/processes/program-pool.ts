import pLimit from "p-limit";
import { awakeTimeout } from "./awake-timeout.ts";
import {
  LinesBothWays,
  OneAnswer,
  type ProgramProcess,
  type ProgramReply,
  type UserProgram,
} from "./user-program.ts";

export interface PoolOptions {
  /** Maximum number of concurrent processes; further requests wait in order. */
  readonly processes: number;
  /** Whether processes are persistent and answer each line with a line; otherwise each request starts a process. */
  readonly stays: boolean;
  /**
   * Time limit for one answer in milliseconds; the wait for a free process does not count. When absent, only
   * the signal ends a request.
   */
  readonly timeout_ms?: number;
}

/** Time for a process to exit after its input is closed, in milliseconds. */
const GRACE_MS = 500;

/**
 * Runs a user's program with a limited number of processes. The output per answer is limited, a request ends with its
 * signal, and an abandoned process is killed with all its children. A broken process is replaced at the next request.
 */
export class ProgramPool {
  readonly #program: UserProgram;
  readonly #stays: boolean;
  readonly #timeoutMs: number | undefined;
  readonly #turn: ReturnType<typeof pLimit>;
  readonly #idle: ProgramProcess[] = [];
  readonly #all = new Set<ProgramProcess>();
  #closed = false;

  constructor(program: UserProgram, { processes, stays, timeout_ms }: PoolOptions) {
    this.#program = program;
    this.#stays = stays;
    this.#timeoutMs = timeout_ms;
    this.#turn = pLimit(processes);
  }

  /** Asks the program; the promise never rejects. @param request for a persistent process, one line without line end */
  ask(request: string, signal?: AbortSignal): Promise<ProgramReply> {
    return this.#turn(() => this.#ask(request, signal));
  }

  async #ask(request: string, signal: AbortSignal | undefined): Promise<ProgramReply> {
    if (this.#closed) return { kind: "closed" };
    if (signal?.aborted) return { kind: "given-up" };
    const free = this.#free() ?? this.#start();
    if ("kind" in free) return free;
    const deadline = startDeadline(this.#timeoutMs, signal);
    const reply = await free.ask(request, deadline.signal);
    deadline.clear();
    if (!free.spent) this.#idle.push(free);
    return reply;
  }

  #free(): ProgramProcess | undefined {
    let free = this.#idle.pop();
    while (free?.spent) free = this.#idle.pop();
    return free;
  }

  #start(): ProgramProcess | ProgramReply {
    const what = this.#program.changed();
    if (what !== undefined) return { kind: "changed", what };
    const started = this.#stays ? new LinesBothWays(this.#program) : new OneAnswer(this.#program);
    this.#all.add(started);
    void started.gone.then(() => this.#all.delete(started));
    return started;
  }

  /**
   * Kills all processes and their children. Running requests fail; waiting and later requests get the reply `closed`.
   */
  async close(): Promise<void> {
    this.#closed = true;
    const grace = this.#stays ? GRACE_MS : 0;
    await Promise.all([...this.#all].map((one) => one.close(grace)));
  }
}

/** A signal that aborts when the given signal aborts or the time limit is over. `clear` stops the timer. */
function startDeadline(
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  if (timeoutMs === undefined) return { signal: signal ?? new AbortController().signal, clear: () => {} };
  const over = new AbortController();
  return {
    signal: signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]),
    clear: awakeTimeout(timeoutMs, () => over.abort()),
  };
}
