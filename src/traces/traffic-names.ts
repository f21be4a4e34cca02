/**
 * Attribute names of a trace's fields other than the conversation, as the producers spell them. The first name that is
 * present is used, from the outermost span that has it. `metadata.` stands for any of METADATA_PREFIXES and
 * METADATA_OBJECTS.
 */
export const TRAFFIC_NAMES = {
  session: [
    "session.id",
    "gen_ai.conversation.id",
    "langfuse.session.id",
    "metadata.session_id",
    "metadata.sessionId",
    "metadata.session",
    "metadata.thread_id",
    "metadata.threadId",
    "metadata.conversation_id",
    "metadata.conversationId",
    "metadata.chat_id",
    "langfuse.trace.sessionId",
  ],
  user: [
    "user.id",
    "enduser.id",
    "langfuse.user.id",
    "user.email",
    "user.name",
    "enduser.pseudo.id",
    "metadata.user_id",
    "metadata.userId",
    "metadata.user",
    "metadata.user_email",
  ],
  tags: ["tag.tags", "langfuse.trace.tags", "langfuse.tags", "langsmith.span.tags", "metadata.tags"],
  arm: [
    "arm",
    "experiment.arm",
    "experiment.variant",
    "feature_flag.result.variant",
    "feature_flag.variant",
    "metadata.arm",
    "metadata.variant",
    "metadata.experiment_arm",
  ],
  prompt: [
    "prompt.name",
    "gen_ai.prompt.name",
    "langfuse.observation.prompt.name",
    "langfuse.prompt.name",
    "llm.prompt_template.name",
    "traceloop.prompt.key",
    "metadata.prompt_name",
    "metadata.promptName",
    "metadata.prompt",
  ],
  prompt_version: [
    "prompt.version",
    "gen_ai.prompt.version",
    "llm.prompt_template.version",
    "traceloop.prompt.version",
    "metadata.prompt_version",
    "metadata.promptVersion",
    "langfuse.observation.prompt.version",
    "langfuse.prompt.version",
  ],
  environment: [
    "deployment.environment.name",
    "deployment.environment",
    "langfuse.environment",
    "metadata.environment",
  ],
  service: ["service.name", "metadata.service", "metadata.service_name"],
  finish_reason: [
    "gen_ai.response.finish_reasons",
    "gen_ai.completion.0.finish_reason",
    "ai.response.finishReason",
    "llm.finish_reason",
  ],
} as const satisfies Record<string, readonly string[]>;
export type TrafficName = keyof typeof TRAFFIC_NAMES;

/** Name prefixes of application metadata, all read as `metadata.`. */
export const METADATA_PREFIXES = [
  "traceloop.association.properties.",
  "langfuse.trace.metadata.",
  "langfuse.observation.metadata.",
  "langsmith.metadata.",
  "ai.telemetry.metadata.",
  "braintrust.metadata.",
] as const;

/** Attributes that contain all metadata as one object or its JSON text. */
export const METADATA_OBJECTS: ReadonlySet<string> = new Set([
  "metadata",
  "langfuse.trace.metadata",
  "langfuse.observation.metadata",
  "braintrust.metadata",
]);

/** The event with feedback on an answer. */
export const FEEDBACK_EVENT = "gen_ai.evaluation.result";

/** Attributes of the feedback event. */
export const FEEDBACK_NAMES = {
  name: "gen_ai.evaluation.name",
  score: "gen_ai.evaluation.score.value",
  label: "gen_ai.evaluation.score.label",
  comment: "gen_ai.evaluation.explanation",
} as const;

/** Events of a feature-flag evaluation, whose attributes are read like the span's own. */
export const FLAG_EVENTS: ReadonlySet<string> = new Set(["feature_flag", "feature_flag.evaluation"]);
