import type { JudgeFile, JudgeHost, JudgeQuestion } from "../../domain/judge.ts";
import type { FailedReply } from "../../domain/provider.ts";
import { compileJudge } from "../../project/compile-judge.ts";
import { parseJudge } from "../../project/parse-judge.ts";

/** What a scripted model does with a question: it says this, or fails. */
export type Script = (question: JudgeQuestion, model: string) => string | FailedReply;

/** Judges' surroundings with models that say what the test wants; nothing is remembered. */
export interface ScriptedJudges extends JudgeHost {
  /** Every question, with the alias that was asked. */
  readonly asked: (JudgeQuestion & { readonly alias: string })[];
}

/** @param files text by `judges/<name>/<version>.md` */
export function scriptedJudges(files: Readonly<Record<string, string>>, script: Script): ScriptedJudges {
  const asked: ScriptedJudges["asked"] = [];
  return {
    asked,
    file: async (spec) => judgeFileOf(files, spec),
    compile: compileJudge,
    model: async (alias, params) => ({
      alias,
      label: `${alias}-model`,
      identity: { alias, params },
      ask: async (question) => {
        asked.push({ ...question, alias });
        const reply = script(question, alias);
        if (typeof reply !== "string") return reply;
        return { id: asked.length, output: reply, refusal: null, finish_reason: "stop" };
      },
      discard: () => {},
    }),
  };
}

function judgeFileOf(files: Readonly<Record<string, string>>, spec: string): JudgeFile {
  const name = spec.split("@")[0] ?? "";
  const path = Object.keys(files).find((one) => one.startsWith(`judges/${name}/`));
  if (path === undefined) throw new Error(`no judge ${name}`);
  const version = path.slice(`judges/${name}/`.length, -".md".length);
  return parseJudge(files[path] ?? "", { path, name, version });
}

/** A script that says one reply after the other, the last one for ever. */
export function inTurn(replies: readonly string[]): Script {
  let asked = 0;
  return () => replies[Math.min(asked++, replies.length - 1)] ?? "";
}
