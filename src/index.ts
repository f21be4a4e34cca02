/**
 * The commands as functions. Each returns the document that the command prints under `--json`, prints nothing, and
 * leaves the calling process unchanged. It rejects only for a bug, and with an error that your `onEvent` throws.
 */

/** Types for modules of your own: `const agent: Agent = async (input, context) => …; export default agent;` */
export type { Case } from "./domain/case.ts";
export type { Json } from "./domain/json.ts";
export type { Message, Role, ToolCall } from "./domain/message.ts";
export type { Transcript, Usage } from "./domain/transcript.ts";
export type {
  Agent,
  AgentAnswer,
  AgentContext,
  Scorer,
  ScorerInput,
  ScorerResult,
} from "./domain/user-module.ts";
export { type CalibrateOptions, calibrate } from "./library/calibrate.ts";
export { type CheckOptions, check } from "./library/check.ts";
export { type CompareOptions, compare } from "./library/compare.ts";
export { defineSuite, type OwnScorer, type SuiteDefinition } from "./library/define-suite.ts";
export { type HistoryOptions, history } from "./library/history.ts";
export { type PromoteOptions, promote } from "./library/promote.ts";
export { type ReportOptions, report } from "./library/report.ts";
export { type RescoreOptions, rescore } from "./library/rescore.ts";
export { type RollbackOptions, rollback } from "./library/rollback.ts";
export type { RunEvent, RunName, TrialEvent } from "./library/run-event.ts";
export { type RunSuitesOptions, runSuites } from "./library/run-suites.ts";
export type { CalibrateDocument } from "./reports/json/calibration.ts";
export type { CheckDocument } from "./reports/json/check-json.ts";
export type { DiffDocument, DiffResult } from "./reports/json/diff-json.ts";
export type { DocumentHead, ProblemResult, RunDocument } from "./reports/json/documents.ts";
export type { HistoryDocument, HistoryResult, StabilityResult } from "./reports/json/history.ts";
export type { PromoteDocument, PromotedResult } from "./reports/json/promotion.ts";
export type { RescoreDocument, RescoredResult } from "./reports/json/rescore-json.ts";
export type { RollbackDocument } from "./reports/json/rollback.ts";
export type { RunResult } from "./reports/json/run-json.ts";
