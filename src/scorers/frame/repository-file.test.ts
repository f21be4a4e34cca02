import { afterAll, describe, expect, it } from "vitest";
import { fakeRepository, removeRepositories } from "../testing/scorer-fakes.ts";
import { readStructuredFile } from "./repository-file.ts";

afterAll(removeRepositories);

function read(text: string): unknown {
  return readStructuredFile(fakeRepository({ "schemas/a.yaml": text }), "schemas/a.yaml", ["schema"]);
}

describe("readStructuredFile", () => {
  it("reads YAML", () => {
    expect(read("enum: [1, -0.5, 0, 0x1f, 1e3, '007', no, &a {b: 1}, *a]\n")).toEqual({
      enum: [1, -0.5, 0, 31, 1000, "007", "no", { b: 1 }, { b: 1 }],
    });
  });

  it.each(["01234", "-007", "12345678901234567891", "1e999", "0xfffffffffffffffff"])(
    "rejects the number %s in a YAML file, which would become another number",
    (number) => {
      expect(() => read(`enum: [${number}]\n`)).toThrow(`the number ${number}`);
    },
  );

  it("rejects YAML with a repeated key, with several documents, or with a syntax error", () => {
    expect(() => read("a: 1\na: 2\n")).toThrow("unique");
    expect(() => read("a: 1\n---\nb: 2\n")).toThrow("line 2, column 1: a second document begins here (---)");
    expect(() => read("a: [\n")).toThrow();
  });
});
