import { EXIT } from "../../domain/exit-code.ts";
import { assignLabels } from "../../operations/assign-labels.ts";
import { labelAnswers } from "../../operations/label-answers.ts";
import { serveSession } from "../../operations/labelling/serve-session.ts";
import {
  assignedText,
  labellingBegins,
  labellingEnds,
  nothingToLabel,
} from "../../reports/terminal/labelling.ts";
import type { Io } from "../io.ts";
import { readLabelOptions, type TypedLabelOptions } from "../label-options.ts";

/** `evals label`: a person judges answers of a run on a page of this machine; each label is kept at once. */
export async function labelCommand(typed: TypedLabelOptions, word: string, io: Io): Promise<number> {
  const { assign, port, open, ...options } = readLabelOptions(typed);
  if (assign !== undefined) {
    const asked = { directory: options.directory, suite: word, judge: assign };
    io.stdout(assignedText(await assignLabels(io, asked), asked));
    return EXIT.ok;
  }
  const { task, session, address } = await labelAnswers(io, { ...options, word });
  if (session.left === 0) {
    io.stdout(nothingToLabel(task));
    return EXIT.ok;
  }
  io.stdout(labellingBegins(task));
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
  io.stdout(labellingEnds(task, { ...session.state(), left: session.left }));
  return code;
}
