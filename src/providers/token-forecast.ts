import { tokensOfFiles } from "../domain/attachment.ts";
import type { PreparedRequest } from "../domain/provider.ts";
import type { Usage } from "../domain/transcript.ts";

/** Bytes of UTF-8 a token has at least, in any script, until a reply says more. */
const BYTES_PER_TOKEN = 3;
const MAX_TOKENS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/** How many tokens a request will take at most, as far as it and earlier replies show. */
export class TokenForecast {
  #tokensPerByte: number | null = null;
  #mostOutput: number | null = null;

  /** Input by its length, output by the request's own bound, else the longest seen, else as much as the input. */
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

/** A file counts as if its tokens were text. Measured once: a request is asked for before it leaves and when it is back. */
function byteLength(request: PreparedRequest): number {
  let bytes = known.get(request);
  if (bytes === undefined) {
    bytes = Buffer.byteLength(JSON.stringify(request)) + tokensOfFiles(request) * BYTES_PER_TOKEN;
    known.set(request, bytes);
  }
  return bytes;
}
