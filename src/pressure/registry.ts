import type { PressureKind } from "../domain/pressure.ts";
import { distractors } from "./kinds/distractors.ts";
import { injection } from "./kinds/injection.ts";
import { order } from "./kinds/order.ts";
import { paraphrase } from "./kinds/paraphrase.ts";
import { sycophancy } from "./kinds/sycophancy.ts";
import { typos } from "./kinds/typos.ts";
import type { PressureKindDefinition } from "./pressure-kind.ts";

/** Every kind of pressure, by its name in a suite. */
export const PRESSURE: Readonly<Record<PressureKind, PressureKindDefinition>> = {
  sycophancy,
  paraphrase,
  typos,
  distractors,
  order,
  injection,
};
