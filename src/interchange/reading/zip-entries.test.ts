import { describe, expect, it } from "vitest";
import { EvalsError } from "../../domain/problem.ts";
import { zipArchive } from "../testing/zip-archive.ts";
import { zipEntries } from "./zip-entries.ts";

const LARGE = { text: "ä".repeat(300_000), list: Array.from({ length: 20_000 }, (_, index) => index) };
const FILES = [
  ["header.json", { a: 1 }],
  ["samples/1.json", LARGE],
] as const;

async function contents(archive: Buffer): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const entry of zipEntries(archive, "x.eval")) {
    const pieces: Buffer[] = [];
    for await (const piece of entry.chunks()) pieces.push(Buffer.from(piece));
    found.push([entry.name, JSON.parse(Buffer.concat(pieces).toString("utf8"))]);
  }
  return found;
}

const code = async (archive: Buffer): Promise<string | undefined> => {
  const error: unknown = await contents(archive).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EvalsError);
  return (error as EvalsError).problems[0]?.code;
};

describe.each(["deflate", "zstd"] as const)("an archive packed with %s", (packing) => {
  it.each([false, true])("gives its files in pieces (zip64: %s)", async (wide) => {
    expect(await contents(zipArchive(FILES, packing, undefined, wide))).toEqual(FILES);
  });

  it("is a mistake when a file in it is cut off or damaged", async () => {
    const archive = zipArchive(FILES, packing);
    const damaged = Buffer.from(archive);
    damaged.fill(0xff, 60, 400);
    expect(await code(damaged)).toBe("EVALS_IMPORT_ZIP");
  });
});

describe("an archive of zip64", () => {
  const archive = zipArchive(FILES, "deflate", undefined, true);

  it("is a mistake when its own end record is not where it says", async () => {
    const damaged = Buffer.from(archive);
    damaged.writeBigUInt64LE(12n, archive.length - 22 - 20 + 8);
    expect(await code(damaged)).toBe("EVALS_IMPORT_ZIP");
  });

  it("is a mistake when a size in it is impossible", async () => {
    const damaged = Buffer.from(archive);
    damaged.writeBigUInt64LE(2n ** 63n, archive.length - 22 - 20 - 56 + 48);
    expect(await code(damaged)).toBe("EVALS_IMPORT_ZIP");
  });

  it("is a mistake when its wide fields are missing", async () => {
    const damaged = Buffer.from(archive);
    const at = damaged.lastIndexOf("samples/1.json") + "samples/1.json".length;
    damaged.writeUInt16LE(9, at);
    expect(await code(damaged)).toBe("EVALS_IMPORT_ZIP");
  });
});
