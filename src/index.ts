/** Types for modules of your own: `const agent: Agent = async (input, context) => …; export default agent;` */
export type { Case } from "./domain/case.ts";
export type { Json } from "./domain/json.ts";
export type { Message, Role, ToolCall } from "./domain/message.ts";
export type { FoundDocument, Retrieval, Stopped, Trajectory } from "./domain/trajectory.ts";
export type { Transcript, Usage } from "./domain/transcript.ts";
export type {
  Agent,
  AgentAnswer,
  AgentContext,
  Scorer,
  ScorerInput,
  ScorerResult,
  ScorerTranscript,
} from "./domain/user-module.ts";
