import { expect, it } from "vitest";
import { withNumbersAsText } from "../domain/exact-json.ts";
import { resultOfContent } from "./mcp-result.ts";
import { readTextResult } from "./text-result.ts";

const ORDER = '{"order":12345678901234567890,"price":9.5}';

it("reads JSON and leaves other texts", () => {
  expect(readTextResult('{"a":[1,null]}')).toEqual({ a: [1, null] });
  expect(readTextResult("not found")).toBe("not found");
});

it.each([
  ["an HTTP tool", () => withNumbersAsText(readTextResult(ORDER))],
  [
    "an MCP tool",
    () => {
      const outcome = resultOfContent({ content: [{ type: "text", text: ORDER }] });
      return outcome.kind === "result" ? outcome.value : outcome;
    },
  ],
])("keeps a number from %s as text when a double cannot represent it", (_, read) => {
  expect(read()).toEqual({ order: "12345678901234567890", price: 9.5 });
});
