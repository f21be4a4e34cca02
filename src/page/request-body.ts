import type { IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";

/** Thrown to reject a request. The reply gets the status and the message of this error. */
export class RefusedRequest extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The body of a request, decompressed if it is gzip.
 *
 * @param largest maximum bytes, both compressed and decompressed
 * @throws {RefusedRequest} for a larger body, or one that cannot be decompressed
 */
export async function readBody(request: IncomingMessage, largest: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largest) throw new RefusedRequest(413, "The request is too large.");
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "gzip") throw new RefusedRequest(415, `The encoding ${encoding} is not supported.`);
  try {
    return gunzipSync(body, { maxOutputLength: largest });
  } catch (error) {
    throw new RefusedRequest(400, `The request cannot be decompressed: ${(error as Error).message}.`);
  }
}

/**
 * A body as JSON.
 *
 * @param parse parses the text of the body
 * @throws {RefusedRequest} for invalid JSON
 */
export function jsonOf(body: Buffer, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(body.toString("utf8"));
  } catch {
    throw new RefusedRequest(400, "The request is not JSON.");
  }
}
