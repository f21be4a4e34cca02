import type { JudgeFile, JudgeHost, JudgeQuestion } from "../../domain/judge.ts";
import { SettingMistake } from "../../domain/problem.ts";
import type { FailedReply } from "../../domain/provider.ts";
import { compileJudge } from "../../project/compile-judge.ts";
import { parseJudge } from "../../project/parse-judge.ts";

/** Gives a scripted model's reply to a question: a text, or a failure. */
export type Script = (question: JudgeQuestion, model: string) => string | FailedReply;

/** A judge host whose models reply by a script, without a cache. */
export interface ScriptedJudges extends JudgeHost {
  /** Every question, with the alias that was asked. */
  readonly asked: (JudgeQuestion & { readonly alias: string })[];
}

const UNKNOWN = {
  code: "EVALS_MODEL_UNKNOWN",
  what: 'Unknown model "nobody".',
  why: "There is no such model.",
  fix: "Name another.",
};

/** All aliases are models, except `nobody`. @param files text by `judges/<name>/<version>.md` */
export function scriptedJudges(files: Readonly<Record<string, string>>, script: Script): ScriptedJudges {
  const asked: ScriptedJudges["asked"] = [];
  return {
    asked,
    file: async (spec) => judgeFileOf(files, spec),
    compile: compileJudge,
    model: async (alias, params) => {
      if (alias === "nobody") throw new SettingMistake(["model"], UNKNOWN);
      return {
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
      };
    },
  };
}

function judgeFileOf(files: Readonly<Record<string, string>>, spec: string): JudgeFile {
  const name = spec.split("@")[0] ?? "";
  const path = Object.keys(files).find((one) => one.startsWith(`judges/${name}/`));
  if (path === undefined) throw new Error(`no judge ${name}`);
  const version = path.slice(`judges/${name}/`.length, -".md".length);
  return parseJudge(files[path] ?? "", { path, name, version });
}

/** A script that gives the replies in turn; the last one repeats. */
export function inTurn(replies: readonly string[]): Script {
  let asked = 0;
  return () => replies[Math.min(asked++, replies.length - 1)] ?? "";
}
