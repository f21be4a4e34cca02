import { tokensOfFiles } from "../domain/attachment.ts";
import type { PreparedRequest } from "../domain/provider.ts";
import type { Usage } from "../domain/transcript.ts";

/** Initial estimate of UTF-8 bytes per token, a lower bound for any script. */
const BYTES_PER_TOKEN = 3;
const MAX_TOKENS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/** The estimated maximum tokens of a request, and the bytes from which they were estimated. */
export interface Forecast {
  readonly bytes: number;
  readonly input: number;
  readonly output: number;
}

/** Estimates the maximum tokens of a request from the request and earlier replies. */
export class TokenForecast {
  #tokensPerByte: number | null = null;
  #mostOutput: number | null = null;

  /**
   * Estimates the input from the request's length. The output is the request's own limit, else the longest output
   * seen, else as much as the input.
   */
  of(request: PreparedRequest): Forecast {
    const bytes = bytesOf(request);
    const input = Math.ceil(bytes * (this.#tokensPerByte ?? 1 / BYTES_PER_TOKEN));
    return { bytes, input, output: ownLimit(request) ?? this.#mostOutput ?? input };
  }

  /** Learns from the usage of a reply. @param bytes length of the request that had this usage */
  learn(bytes: number, { input_tokens: input, output_tokens: output }: Usage): void {
    if (input !== null) this.#tokensPerByte = Math.max(this.#tokensPerByte ?? 0, input / bytes);
    if (output !== null) this.#mostOutput = Math.max(this.#mostOutput ?? 0, output);
  }
}

function ownLimit(request: PreparedRequest): number | undefined {
  for (const name of MAX_TOKENS) if (typeof request[name] === "number") return request[name];
  return undefined;
}

/** Length of a request as it is sent, in bytes. An attached file counts as a text with its estimated tokens. */
export function bytesOf(request: PreparedRequest): number {
  return Buffer.byteLength(JSON.stringify(request)) + tokensOfFiles(request) * BYTES_PER_TOKEN;
}
