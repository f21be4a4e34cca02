import { EXIT } from "../../domain/exit-code.ts";
import { assignLabels } from "../../operations/assign-labels.ts";
import { labelAnswers } from "../../operations/label-answers.ts";
import { labelCandidates } from "../../operations/label-candidates.ts";
import { readAnswerChoice, refuseAnswerChoice } from "../../operations/labelling/answer-choice.ts";
import type { AddressFile } from "../../operations/labelling/labelling-address.ts";
import { serveSession } from "../../operations/labelling/serve-session.ts";
import { OptionMistakes } from "../../operations/options/option-mistakes.ts";
import { portOption, readNumber } from "../../operations/options/read-number.ts";
import { isCandidatesPath } from "../../operations/sampling/candidate-file.ts";
import type { LabellingSession } from "../../page/labelling-session.ts";
import { candidatesBegin, candidatesEnd } from "../../reports/terminal/candidates.ts";
import {
  assignedText,
  labellingBegins,
  labellingEnds,
  nothingToLabel,
} from "../../reports/terminal/labelling.ts";
import type { LabelCall } from "../declarations/label.ts";
import type { Io } from "../io.ts";

/** `evals label`: labels answers of a run on a local page; each label is stored at once. */
export async function labelCommand({ io, options, args: [word] }: LabelCall): Promise<number> {
  const { directory, rater, judge, assign, open } = options;
  const mistakes = new OptionMistakes();
  const port = mistakes.read(() => readNumber(options.port, portOption("--port"))) ?? 0;
  const choice = readAnswerChoice(options, mistakes);
  mistakes.refuse();
  if (isCandidatesPath(word)) return candidatesCommand({ io, options, args: [word] }, { port, open });
  if (assign !== undefined) {
    const asked = { directory, suite: word, judge: assign };
    io.stdout(assignedText(await assignLabels(io, asked), asked));
    return EXIT.ok;
  }
  const { task, session, address } = await labelAnswers(io, { directory, word, rater, judge, ...choice });
  if (session.left === 0) {
    io.stdout(nothingToLabel(task));
    return EXIT.ok;
  }
  io.stdout(labellingBegins(task));
  const code = await serve(session, address, { port, open }, io);
  io.stdout(labellingEnds(task, { ...session.state(), left: session.left }));
  return code;
}

interface PagePlace {
  /** The port of the page; 0 for any free port. */
  readonly port: number;
  readonly open: boolean;
}

/** Serves the page until the session ends. @returns the exit code */
async function serve(
  session: LabellingSession,
  address: AddressFile,
  { port, open }: PagePlace,
  io: Io,
): Promise<number> {
  const stop = new AbortController();
  let code: number = EXIT.ok;
  const quiet = io.onSignal((name) => {
    if (name === "SIGTERM") code = EXIT.terminated;
    stop.abort();
  });
  try {
    const onAddress = (url: string): void => {
      io.stdout(`Open ${url}\n`);
      if (open && io.stdoutIsTerminal) io.openPage(url);
    };
    await serveSession(session, { io, address, port, stop, onAddress });
  } finally {
    quiet();
  }
  return code;
}

/** `evals label datasets/x.candidates.jsonl`: reviews candidates and their expected values. */
async function candidatesCommand(
  { io, options, args: [path] }: Pick<LabelCall, "io" | "options" | "args">,
  place: PagePlace,
): Promise<number> {
  refuseAnswerChoice(options);
  const { directory, rater } = options;
  const labelling = await labelCandidates(io, { directory, path, rater });
  const { session, address, before, dataset } = labelling;
  let code: number = EXIT.ok;
  let settled = before;
  if (session.left > 0) {
    io.stdout(candidatesBegin({ ...labelling, open: session.left }));
    code = await serve(session, address, place, io);
    const since = await labelling.settle();
    settled = {
      accepted: [...before.accepted, ...since.accepted],
      rejected: [...before.rejected, ...since.rejected],
      open: since.open,
    };
  }
  io.stdout(candidatesEnd({ path: labelling.path, dataset, ...settled }, await labelling.wrong()));
  return code;
}
