/**
 * The conventions by which attributes are named. OpenTelemetry's conventions for generative AI were renamed three
 * times, and other producers use their own names. The tables below list the possible names of each field; the first
 * name that a span has is used. For a new convention, add its names to the tables.
 */
export const CONVENTIONS = [
  "OpenTelemetry GenAI up to 1.36",
  "OpenTelemetry GenAI 1.37 to 1.41",
  "OpenTelemetry GenAI 0.1",
  "OpenInference",
  "OpenLLMetry (traceloop)",
  "AI SDK",
  "Langfuse",
  "LangSmith",
  "Braintrust",
  "Helicone",
  "Phoenix (OpenInference)",
] as const;
export type Convention = (typeof CONVENTIONS)[number];

/** Names of attributes with a single value, by meaning. */
export const NAMES = {
  operation: ["gen_ai.operation.name", "llm.request.type", "ai.operationId"],
  kind: ["openinference.span.kind", "traceloop.span.kind"],
  model: [
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.model_name",
    "ai.response.model",
    "ai.model.id",
    "embedding.model_name",
  ],
  input_tokens: [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "llm.usage.prompt_tokens",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "gen_ai.usage.text.input_tokens",
  ],
  output_tokens: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "llm.usage.completion_tokens",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
    "gen_ai.usage.text.output_tokens",
  ],
  cached_input_tokens: [
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.input_tokens.cached",
    "llm.token_count.prompt_details.cache_read",
    "ai.usage.cachedInputTokens",
  ],
  cache_write_tokens: [
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "llm.token_count.prompt_details.cache_write",
  ],
  reasoning_tokens: [
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "llm.token_count.completion_details.reasoning",
    "ai.usage.reasoningTokens",
  ],
  /** Cost in US dollars. */
  cost: [
    "gen_ai.usage.cost",
    "gen_ai.usage.total_cost",
    "llm.cost.total",
    "llm.usage.total_cost",
    "metadata.cost_usd",
    "metadata.total_cost",
    "evals.cost_usd",
  ],
  /** Which calls the usage is about: `trial` means all model calls of the trace together. */
  usage_of: ["evals.usage_of"],
  system: ["gen_ai.system_instructions"],
  /** Messages as JSON: a list, or an object that contains one. */
  input: ["gen_ai.input.messages", "ai.prompt.messages", "ai.prompt", "gen_ai.prompt"],
  output: ["gen_ai.output.messages", "gen_ai.completion"],
  /** The text of a reply whose text and tool calls are separate attributes. */
  reply_text: ["ai.response.text"],
  reply_calls: ["ai.response.toolCalls"],
  tool_name: ["gen_ai.tool.name", "tool.name", "ai.toolCall.name"],
  tool_id: ["gen_ai.tool.call.id", "tool_call.id", "tool.id", "ai.toolCall.id"],
  tool_arguments: ["gen_ai.tool.call.arguments", "ai.toolCall.args", "ai.toolCall.input"],
  tool_result: ["gen_ai.tool.call.result", "ai.toolCall.result", "ai.toolCall.output"],
  /**
   * The input of a span whose kind has no attribute names of its own for the input; `gave` is the output of such a
   * span.
   */
  given: ["input.value", "traceloop.entity.input"],
  gave: ["output.value", "traceloop.entity.output"],
  entity: ["traceloop.entity.name", "gen_ai.agent.name"],
  query: ["gen_ai.retrieval.query.text", "gen_ai.retrieval.query", "input.value"],
  documents: ["gen_ai.retrieval.documents"],
} as const satisfies Record<string, readonly string[]>;
export type Field = keyof typeof NAMES;

/** List attributes with the index in their name: `llm.input_messages.0.message.role`. */
export const LISTS = {
  input: ["llm.input_messages", "gen_ai.prompt"],
  output: ["llm.output_messages", "gen_ai.completion"],
  documents: ["retrieval.documents"],
} as const;

/** Events that contain one message each, with the message's role (conventions up to 1.36). */
export const MESSAGE_EVENTS: Readonly<Record<string, string>> = {
  "gen_ai.system.message": "system",
  "gen_ai.user.message": "user",
  "gen_ai.assistant.message": "assistant",
  "gen_ai.tool.message": "tool",
};

/** The event that contains a reply (conventions up to 1.36). */
export const CHOICE_EVENT = "gen_ai.choice";

/** Events whose attributes are read like the span's own. */
export const CONTENT_EVENTS: ReadonlySet<string> = new Set([
  "gen_ai.client.inference.operation.details",
  "gen_ai.content.prompt",
  "gen_ai.content.completion",
]);

/** What a span did, by the lower-case name that a convention has for the span's operation or kind. */
export const KINDS: Readonly<Record<string, "model" | "tool" | "retrieval" | "agent">> = {
  chat: "model",
  completion: "model",
  generate_content: "model",
  text_completion: "model",
  llm: "model",
  "ai.generatetext": "model",
  "ai.generatetext.dogenerate": "model",
  "ai.streamtext": "model",
  "ai.streamtext.dostream": "model",
  "ai.generateobject": "model",
  "ai.generateobject.dogenerate": "model",
  "ai.streamobject": "model",
  "ai.streamobject.dostream": "model",
  execute_tool: "tool",
  tool: "tool",
  "ai.toolcall": "tool",
  retrieval: "retrieval",
  retriever: "retrieval",
  invoke_agent: "agent",
  create_agent: "agent",
  invoke_workflow: "agent",
  agent: "agent",
  workflow: "agent",
  chain: "agent",
  task: "agent",
};

/** Name prefixes that identify the convention of a span. */
export const SIGNS: readonly (readonly [Convention, readonly string[]])[] = [
  ["OpenInference", ["openinference.", "llm.input_messages.", "llm.token_count.", "retrieval.documents."]],
  ["OpenLLMetry (traceloop)", ["traceloop.", "gen_ai.prompt.0.", "gen_ai.completion.0.", "llm.request.type"]],
  ["AI SDK", ["ai.operationId", "ai.prompt", "ai.toolCall.", "ai.response."]],
  ["OpenTelemetry GenAI 0.1", ["gen_ai.usage.text."]],
  [
    "OpenTelemetry GenAI 1.37 to 1.41",
    [
      "gen_ai.provider.name",
      "gen_ai.input.messages",
      "gen_ai.output.messages",
      "gen_ai.tool.call.arguments",
      "gen_ai.retrieval.",
    ],
  ],
  ["OpenTelemetry GenAI up to 1.36", ["gen_ai."]],
];

/** Matches the schema URL of the first separate release of the GenAI conventions. */
export const FIRST_RELEASE = /\/gen-ai\/0\.1/;
