import { readReturned, thrownMessage, thrownWords } from "./returned-value.ts";

/** Taken before the user's code can replace it. */
const { parse } = JSON;

/** A call of a user's function, with its arguments as JSON text. */
export type FunctionCall =
  /** `(input, context) => answer` */
  | { readonly form: "agent"; readonly input: string; readonly context: string }
  /** `(input) => score` */
  | { readonly form: "scorer"; readonly input: string }
  /** `(ask, { signal }) => reply`, for modules with tools */
  | { readonly form: "tools"; readonly input: string };

/** The result of one call of a user's function. */
export type CallOutcome =
  /** `json` is the value as JSON text. */
  | { readonly kind: "returned"; readonly json: string }
  /** The function returned a value that JSON cannot represent; `what` completes "returned …". */
  | { readonly kind: "odd"; readonly what: string }
  /** `named`: the error's name and message. `plain`: whether an Error was thrown, and not another value. */
  | { readonly kind: "threw"; readonly named: string; readonly message: string; readonly plain: boolean }
  /** The function ended its thread; `how` completes a message that begins with the name of its file. */
  | { readonly kind: "ended"; readonly how: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "aborted" };

export type UserFunction = (...args: unknown[]) => unknown;

/** The arguments of a call, copied so that changes by the function affect no other call. */
export function argumentsOf(
  call: FunctionCall,
  beside: { readonly signal: AbortSignal; readonly env: Readonly<Record<string, string | undefined>> },
): unknown[] {
  const input: unknown = parse(call.input);
  if (call.form === "scorer") return [input];
  if (call.form === "tools") return [input, beside];
  return [input, { ...(parse(call.context) as object), ...beside }];
}

export function threw(error: unknown): CallOutcome {
  const plain = isError(error);
  return { kind: "threw", named: thrownWords(error), message: thrownMessage(error), plain };
}

function isError(error: unknown): boolean {
  try {
    return error instanceof Error;
  } catch {
    return false;
  }
}

export function returned(value: unknown): CallOutcome {
  const read = readReturned(value);
  return read.kind === "json" ? { kind: "returned", json: read.text } : read;
}

/** Whether a value must be awaited. A value whose `then` cannot be read is treated like any other. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  try {
    return typeof (value as { readonly then?: unknown }).then === "function";
  } catch {
    return false;
  }
}
