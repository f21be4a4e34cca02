import { tokensOfFiles } from "../domain/attachment.ts";
import type { PreparedRequest } from "../domain/provider.ts";
import type { Usage } from "../domain/transcript.ts";

/** Initial estimate of UTF-8 bytes per token, a lower bound for any script. */
const BYTES_PER_TOKEN = 3;
const MAX_TOKENS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/** Estimates the maximum tokens of a request from the request and earlier replies. */
export class TokenForecast {
  #tokensPerByte: number | null = null;
  #mostOutput: number | null = null;

  /** Input from the request's length; output from its own limit, else the longest output seen, else as much as the input. */
  of(request: PreparedRequest): { readonly input: number; readonly output: number } {
    const input = Math.ceil(byteLength(request) * (this.#tokensPerByte ?? 1 / BYTES_PER_TOKEN));
    const bound = MAX_TOKENS.map((name) => request[name]).find((value) => typeof value === "number");
    return { input, output: (bound as number | undefined) ?? this.#mostOutput ?? input };
  }

  learn(request: PreparedRequest, { input_tokens: input, output_tokens: output }: Usage): void {
    if (input !== null) this.#tokensPerByte = Math.max(this.#tokensPerByte ?? 0, input / byteLength(request));
    if (output !== null) this.#mostOutput = Math.max(this.#mostOutput ?? 0, output);
  }
}

const known = new WeakMap<PreparedRequest, number>();

/** Attached files count as text. Cached, because it is needed before sending and after the reply. */
function byteLength(request: PreparedRequest): number {
  let bytes = known.get(request);
  if (bytes === undefined) {
    bytes = Buffer.byteLength(JSON.stringify(request)) + tokensOfFiles(request) * BYTES_PER_TOKEN;
    known.set(request, bytes);
  }
  return bytes;
}
