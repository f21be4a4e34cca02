import { answerEnd } from "../../domain/finish-reason.ts";
import { hashJson, type Json } from "../../domain/json.ts";
import { type ScoreInput, ScorerFailure, type ScorerHost } from "../../domain/scorer.ts";
import { isTooDeep } from "../frame/parse-answer.ts";

/** A model that is not a judge: it turns a text into numbers or a label. */
export interface TextModel {
  readonly identity: Json;
  /** The provider's name of the model, for messages. */
  readonly label: string;
  /**
   * Asks the model about this input, or returns its stored reply to the same input, so that it is paid for only once.
   *
   * @throws {ScorerFailure} of kind "judge" when the reply cannot be read
   */
  ask(input: Json, about: Pick<ScoreInput, "golden" | "opinion">): Promise<ModelReading>;
}

export interface ModelReading {
  /** The reply parsed as JSON; a reply that is not JSON is kept as text. */
  readonly value: Json;
  /** Id of the reply in the store. */
  readonly reply: number;
}

/** @throws {SettingMistake} at `model` for an unknown alias */
export async function openTextModel(alias: string, host: ScorerHost): Promise<TextModel> {
  if (host.judges === undefined) throw new Error("the host that opens this scorer has no models");
  const model = await host.judges.model(alias, {});
  const judge = hashJson(model.identity);
  return {
    identity: model.identity,
    label: model.label,
    ask: async (input, { golden, opinion = 1 }) => {
      const question = { case_id: golden.id, messages: null, input, draw: opinion, judge };
      const reply = await model.ask(question);
      if ("kind" in reply) throw unusable(model, `could not be asked: ${reply.message}`);
      if (answerEnd(reply.finish_reason) === "failed")
        throw unusable(model, `failed (finish reason ${reply.finish_reason})`);
      if (reply.refusal !== null) throw unusable(model, "refused to answer");
      if (isTooDeep(reply.output)) throw unusable(model, "gave a reply that is nested too deeply");
      return { value: parsed(reply.output), reply: reply.id };
    },
  };
}

/** The failure for a reply in the wrong format. */
export function unusable({ label }: Pick<TextModel, "label">, words: string): ScorerFailure {
  return new ScorerFailure("judge", `${label} ${words}`);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
