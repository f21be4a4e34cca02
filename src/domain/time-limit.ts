import { createContext, Script } from "node:vm";

/**
 * Time limit of a check whose cost depends on text from a model or service, in milliseconds. Normal texts take
 * milliseconds.
 */
const LONGEST_MS = 5000;

/** The check of a text was ended because it took too long. */
export class TookTooLong extends Error {
  constructor(what: string, cause: unknown) {
    super(`${what} took longer than ${LONGEST_MS / 1000} s`, { cause });
    this.name = "TookTooLong";
  }
}

const script = new Script("work()");
let context: { work?: () => void } | undefined;

/**
 * Runs synchronous work and interrupts it after a time limit, because endless work would block deadlines and Ctrl-C.
 * The overhead is about a tenth of a millisecond.
 *
 * @param what name for the error message: "the JSON Schema"
 * @throws {TookTooLong} when the work was interrupted; any error of `work`
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
  if (made === undefined) throw new Error("the work ended without an error, but gave no value");
  return made.value;
}
