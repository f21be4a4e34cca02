import { expect, it } from "vitest";
import { onFirstUse } from "./on-first-use.ts";

it.each([[{}], [undefined], [null]])("makes %j when it is first asked for, and once", (value) => {
  let made = 0;
  const get = onFirstUse(() => {
    made++;
    return value;
  });
  expect(made).toBe(0);
  expect([get(), get()]).toEqual([value, value]);
  expect(made).toBe(1);
});
