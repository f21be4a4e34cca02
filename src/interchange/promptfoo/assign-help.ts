import type { Json } from "../../domain/json.ts";
import type { CaseDraft } from "./cases.ts";
import type { ChecksFiles } from "./checks-files.ts";
import type { JudgeFiles } from "./judge-files.ts";
import type { Models } from "./models.ts";
import type { PlanContext } from "./plan.ts";
import type { Entry, ProviderHelp } from "./provider-spec.ts";

/** The data that the conversion of assertions to scorers needs. */
export interface AssignHelp extends ProviderHelp {
  readonly checks: ChecksFiles;
  readonly judges: JudgeFiles;
  readonly models: Models;
  readonly tests: readonly CaseDraft["vars"][];
  /** Tools of the config's providers. */
  readonly offered: PlanContext["tools"];
  /** Code with which the providers transform every answer. */
  readonly transform: string | undefined;
  /** Why a scorer rejects an entry or the value to compare with; undefined when it accepts both. */
  readonly refuses: (entry: Entry, operand: Json | undefined) => Promise<string | undefined>;
}
