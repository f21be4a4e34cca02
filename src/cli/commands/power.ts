import { EXIT } from "../../domain/exit-code.ts";
import { planSize } from "../../operations/plan-size.ts";
import { readStated, type StatedOptions } from "../../operations/sizing/stated-size.ts";
import { documentText } from "../../reports/json/documents.ts";
import { sizePlanDocument } from "../../reports/json/size-plan.ts";
import { sizePlanText } from "../../reports/terminal/power.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

/** What `evals power` was asked. */
export interface PowerOptions extends StatedOptions {
  readonly directory?: string | undefined;
  readonly model?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals power <suite>`: how many cases × trials detect a given drop. */
export async function powerCommand(options: PowerOptions, suite: string, io: Io): Promise<number> {
  const plan = await planSize(io, {
    directory: options.directory,
    model: options.model,
    ...{ suite, stated: readStated(options) },
  });
  io.stdout(
    options.json === true
      ? documentText(sizePlanDocument(plan))
      : sizePlanText(plan, styleFor(wantsColor(io, options.color)), io.width),
  );
  return EXIT.ok;
}
