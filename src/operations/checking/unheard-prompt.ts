import type { CaseSource } from "../../domain/case.ts";
import { canonicalJson } from "../../domain/json.ts";
import type { Message } from "../../domain/message.ts";
import { EvalsError, type Problem, SettingMistake } from "../../domain/problem.ts";
import type { LoadedModel, LoadedSuite } from "../../domain/project.ts";
import type { Client, Question } from "../../domain/provider.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { questionOf } from "../../run/case-requests.ts";

/**
 * Warns when the suite's prompt does not change what the target is sent, as with an HTTP body without messages. This
 * is no mistake: a suite may compare an application that has its own prompt with a model that gets the suite's
 * prompt.
 */
export function unheardPrompt(
  suite: LoadedSuite,
  { alias, provider }: LoadedModel,
  cases: CaseSource,
  client: Client,
): Problem[] {
  if (suite.prompt === null || isRecording(provider.kind) || cases.count === 0) return [];
  if (receivesPrompt(suite, cases, client)) return [];
  const { name } = suite.prompt.version;
  return [
    {
      code: "EVALS_PROMPT_UNHEARD",
      path: suite.path,
      ...suite.places.at([suite.suite.prompts === undefined ? "prompt" : "prompts"], "key"),
      what: `The prompt "${name}" never reaches the model "${alias}", because its request contains no messages.`,
      why: "Another version of the prompt would get the same answers, so a comparison of versions would find no difference.",
      fix: `Send the messages: "{{ messages | json }}" in the \`body\` of ${alias}. Or delete \`prompt\` if the application has a prompt of its own.`,
    },
  ];
}

/** Whether other texts in the prompt's messages change the request of the first case. */
function receivesPrompt(suite: LoadedSuite, cases: CaseSource, client: Client): boolean {
  try {
    const question = questionOf(suite, cases.read(0));
    const asked = (messages: Question["messages"]): string =>
      canonicalJson(client.prepare({ ...question, messages }));
    return asked(question.messages) !== asked(question.messages?.map(withOtherText) ?? null);
  } catch (error) {
    // Another check reports why the request cannot be made, so this one reports nothing.
    if (error instanceof EvalsError || error instanceof SettingMistake) return true;
    throw error;
  }
}

function withOtherText(message: Message): Message {
  const { content } = message;
  return { ...message, content: typeof content === "string" ? `${content} (another text)` : "another text" };
}
