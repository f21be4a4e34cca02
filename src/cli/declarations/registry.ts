import { IMPORTERS } from "../../operations/importing/importers.ts";
import { ab } from "./ab.ts";
import { calibrate } from "./calibrate.ts";
import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { completionWords } from "./completion-words.ts";
import { type DeclaredCommand, declareGroup } from "./declare-command.ts";
import { diff } from "./diff.ts";
import { drift } from "./drift.ts";
import { escalation } from "./escalation.ts";
import { exportCorrections } from "./export-corrections.ts";
import { exportLabels } from "./export-labels.ts";
import { exportRuns } from "./export-run.ts";
import { history } from "./history.ts";
import { importLabels } from "./import-labels.ts";
import { importTool } from "./import-tool.ts";
import { importTraces } from "./import-traces.ts";
import { init } from "./init.ts";
import { label } from "./label.ts";
import { log } from "./log.ts";
import { merge } from "./merge.ts";
import { power } from "./power.ts";
import { promote } from "./promote.ts";
import { prompt } from "./prompt.ts";
import { promptDiff } from "./prompt-diff.ts";
import { promptList } from "./prompt-list.ts";
import { promptNew } from "./prompt-new.ts";
import { pull } from "./pull.ts";
import { QUEUE_COMMANDS } from "./queue.ts";
import { recordTrace } from "./record-trace.ts";
import { report } from "./report.ts";
import { rescore } from "./rescore.ts";
import { rollback } from "./rollback.ts";
import { run } from "./run.ts";
import { sample } from "./sample.ts";
import { score } from "./score.ts";
import { show } from "./show.ts";
import { split } from "./split.ts";
import { STORE_COMMANDS } from "./store.ts";
import { traffic } from "./traffic.ts";
import { view } from "./view.ts";
import { worker } from "./worker.ts";

/**
 * All commands in the order of the help; a parent comes before its subcommands. Help, completion and tests use
 * this list.
 */
export const COMMANDS: readonly DeclaredCommand[] = [
  init,
  check,
  run,
  merge,
  worker,
  diff,
  split,
  completion,
  completionWords,
  history,
  power,
  show,
  recordTrace,
  view,
  pull,
  ...QUEUE_COMMANDS,
  ...STORE_COMMANDS,
  promote,
  rollback,
  log,
  prompt,
  promptNew,
  promptDiff,
  promptList,
  rescore,
  label,
  calibrate,
  declareGroup({
    words: "export",
    group: "judges",
    examples: ["evals export labels support-triage --format csv"],
    about: "export runs and labels in the formats of other tools",
  }),
  exportLabels,
  ...exportRuns,
  exportCorrections,
  declareGroup({
    words: "import",
    group: "judges",
    examples: ["evals import labels support-triage labels.csv --format csv"],
    about: "import suites, datasets, labels and traces from other tools",
  }),
  importLabels,
  ...IMPORTERS.map(importTool),
  importTraces,
  sample,
  report,
  traffic,
  score,
  drift,
  ab,
  escalation,
];
