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
  /** Most processes at a time; further questions wait, first come first served. */
  readonly processes: number;
  /** Processes stay, and answer a line with a line; else each question has a process of its own. */
  readonly stays: boolean;
  /** Longest time for one answer, in milliseconds, from its turn on; without it only the signal ends a question. */
  readonly timeout_ms?: number;
}

/** How long a process may take to end by itself once its input has ended, in milliseconds. */
const GRACE_MS = 500;

/**
 * Asks a user's program, a bounded number of processes at a time. What a process writes for one answer is bounded, a question ends
 * with its signal, and a process that is given up is ended with all that it started. One that broke is replaced at the next question.
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

  /** @param request of a process that stays one line without its end; never rejects */
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

  /** Ends all processes and what they started; questions in flight fail, later ones are not asked. */
  async close(): Promise<void> {
    this.#closed = true;
    const grace = this.#stays ? GRACE_MS : 0;
    await Promise.all([...this.#all].map((one) => one.close(grace)));
  }
}

/** A signal that aborts with another one, and when the time is over. */
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
