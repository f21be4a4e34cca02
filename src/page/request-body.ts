import type { IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";

/** A request that is not served. The answer has its status and its message. */
export class RefusedRequest extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The body of a request, unpacked where it is packed with gzip.
 * @param largest bytes of the request, and of what it unpacks to
 * @throws {RefusedRequest} for one that is larger, and for one that cannot be unpacked
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
  if (encoding !== "gzip") throw new RefusedRequest(415, `The encoding ${encoding} is not known.`);
  try {
    return gunzipSync(body, { maxOutputLength: largest });
  } catch (error) {
    throw new RefusedRequest(400, `The request cannot be unpacked: ${(error as Error).message}.`);
  }
}

/**
 * A body as JSON.
 * @param parse how its text is read
 * @throws {RefusedRequest} for another text
 */
export function jsonOf(body: Buffer, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(body.toString("utf8"));
  } catch {
    throw new RefusedRequest(400, "The request is not JSON.");
  }
}
