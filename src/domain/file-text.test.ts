import { constants } from "node:buffer";
import { expect, it } from "vitest";
import { decodeText } from "./file-text.ts";
import { EvalsError } from "./problem.ts";

it("refuses a file that is longer than a string can be, with its size", () => {
  // Memory that is allocated but never written to takes no space.
  const bytes = Buffer.alloc(constants.MAX_STRING_LENGTH + 1);
  let thrown: unknown;
  try {
    decodeText(bytes, "big.json");
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(EvalsError);
  expect((thrown as EvalsError).problems).toEqual([
    expect.objectContaining({
      code: "EVALS_FILE_TOO_LARGE",
      path: "big.json",
      what: expect.stringContaining("512 MiB"),
    }),
  ]);
});

it("tells an encrypted file from one in another encoding", () => {
  const bytes = Buffer.concat([Buffer.from("\0GITCRYPT\0"), Buffer.from([1, 200, 201])]);
  expect(() => decodeText(bytes, "d.jsonl")).toThrow(/encrypted by git-crypt/);
});
