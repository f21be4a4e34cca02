import { expect, it } from "vitest";
import type { JudgeFile } from "../domain/judge.ts";
import { compileJudge } from "./compile-judge.ts";

it("a judge's template that asks for the time of day is refused at its place", async () => {
  const template = "{{ output }}\n{{ 'now' | date: '%Y' }}";
  const parts = [{ kind: "message", role: "user", template, line: 7 }];
  const file = { path: "judges/tone/1.0.0.md", instructions: null, parts } as unknown as JudgeFile;
  await expect(compileJudge(file, null)).rejects.toMatchObject({
    problems: [
      {
        code: "EVALS_TEMPLATE_CLOCK",
        path: "judges/tone/1.0.0.md",
        line: 8,
        fix: expect.stringContaining("case"),
      },
    ],
  });
});
