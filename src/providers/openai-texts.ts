import type { Json } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { PreparedRequest, Question, Reply } from "../domain/provider.ts";
import type { ChatWording } from "./chat-client.ts";
import { membersOf } from "./chat-shapes.ts";
import { malformedReply } from "./failed-reply.ts";

/** The text of a question. @throws {SettingMistake} for a conversation, which these APIs do not accept */
function inputOf({ input, messages }: Question, what: string): Json {
  if (messages === null) return typeof input === "string" ? input : JSON.stringify(input);
  throw new SettingMistake(["api"], {
    code: "EVALS_MODEL_NO_ANSWERS",
    what: `A model with \`api: ${what}\` answers no questions.`,
    why: "Such a model turns a text into numbers; only a scorer can use the numbers.",
    fix: "Name a chat model here; this one is for a scorer such as embedding-similarity or moderation.",
  });
}

function request(model: string, params: Readonly<Record<string, Json>>, what: string) {
  return (question: Question): PreparedRequest => ({ model, input: inputOf(question, what), ...params });
}

/** OpenAI's embeddings API; the output is the vector as JSON. */
export function embeddingsApi(model: string, params: Readonly<Record<string, Json>>): ChatWording {
  return {
    prepare: request(model, { encoding_format: "float", ...params }, "embeddings"),
    request: () => ({}),
    writes: "nothing",
    reply(body, raw): Reply {
      const reply = membersOf(body);
      const vector = membersOf(Array.isArray(reply?.data) ? reply.data[0] : undefined)?.embedding;
      if (!Array.isArray(vector) || !vector.every((one) => typeof one === "number"))
        return malformedReply("the reply has no data[0].embedding");
      return {
        kind: "answered",
        output: JSON.stringify(vector),
        model: typeof reply?.model === "string" ? reply.model : null,
        raw,
      };
    },
  };
}

/** OpenAI's moderation API; the output is the first result as JSON. */
export function moderationsApi(model: string, params: Readonly<Record<string, Json>>): ChatWording {
  return {
    prepare: request(model, params, "moderations"),
    request: () => ({}),
    reply(body, raw): Reply {
      const reply = membersOf(body);
      const result = membersOf(Array.isArray(reply?.results) ? reply.results[0] : undefined);
      if (typeof result?.flagged !== "boolean") return malformedReply("the reply has no results[0].flagged");
      return {
        kind: "answered",
        output: JSON.stringify(result),
        model: typeof reply?.model === "string" ? reply.model : null,
        raw,
      };
    },
  };
}
