import { expect, it } from "vitest";
import { errorText } from "./error-text.ts";

const FRAMES = "\n    at find (file:///app/shop.mjs:2:59)\n    at async run (file:///app/agent.mjs:15:82)";

it.each([
  ["no order X-1", "no order X-1"],
  ["", ""],
  [`Error: no order X-1${FRAMES}`, "Error: no order X-1"],
  // As LangChain writes it.
  [`no order X-1\n\nError: no order X-1${FRAMES}`, "no order X-1"],
  ["ValueError('no order')Traceback (most recent call last):\n  File \"a.py\"", "ValueError('no order')"],
  [
    'Traceback (most recent call last):\n  File "a.py", line 3\nValueError: no order\n',
    "ValueError: no order",
  ],
  ["first\n\nsecond: first", "first\n\nsecond: first"],
  [`${FRAMES}`, FRAMES.trim()],
])("%j says %j", (written, said) => {
  expect(errorText(written).trim()).toBe(said);
});
