import { createContext, Script } from "node:vm";

/** Time of one check whose cost depends on what a model or a service wrote. Honest texts take milliseconds. */
const LONGEST_MS = 5000;

/** A check of a text was ended because it took too long. */
export class TookTooLong extends Error {
  constructor(what: string, cause: unknown) {
    super(`${what} took longer than ${LONGEST_MS / 1000} s`, { cause });
    this.name = "TookTooLong";
  }
}

const script = new Script("work()");
let context: { work?: () => void } | undefined;

/**
 * Runs plain synchronous work and ends it when it takes too long: a loop within one turn of the event loop would also keep
 * every deadline and Ctrl-C from being noticed. It costs about a tenth of a millisecond.
 *
 * @param what the words of the failure: "the JSON Schema"
 * @throws {TookTooLong} when it was ended; whatever `work` throws otherwise
 */
export function withinTimeLimit<T>(what: string, work: () => T): T {
  context ??= createContext({}) as { work?: () => void };
  let made: { readonly value: T } | undefined;
  const before = context.work;
  context.work = () => {
    made = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: LONGEST_MS });
  } catch (error) {
    const ended = (error as NodeJS.ErrnoException | undefined)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    throw ended ? new TookTooLong(what, error) : error;
  } finally {
    if (before === undefined) delete context.work;
    else context.work = before;
  }
  if (made === undefined) throw new Error("work that ended well must have given a value");
  return made.value;
}
