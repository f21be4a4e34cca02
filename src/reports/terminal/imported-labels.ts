import type { ImportedLabels } from "../../domain/imported-labels.ts";
import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

/** The report of imported labels, by rater. */
export function importedLabelsText(imported: ImportedLabels): string {
  const { path, added, updated, unchanged, older, raters } = imported;
  const counts = [
    `${added} added`,
    ...(updated > 0 ? [`${updated} replaced older ones`] : []),
    ...(unchanged > 0 ? [`${unchanged} already in the file`] : []),
    ...(older > 0 ? [`${older} ignored, because the file has newer ones`] : []),
    ...(imported.repeated > 0 ? [`${imported.repeated} replaced by a later label of the same rater`] : []),
    ...(imported.open > 0 ? [`${plural(imported.open, "answer")} without a judgement`] : []),
  ];
  return [
    `${path}: ${counts.join(", ")}`,
    ...raters.map(
      ({ rater, labels, skipped }) =>
        `  ${plainLine(rater)}: ${plural(labels, "label")}${skipped > 0 ? `, ${skipped} skipped` : ""}`,
    ),
    ...(raters.some(({ rater }) => rater.startsWith("label-studio:"))
      ? ["  To give a Label Studio user a name: --rater <id>=<name>"]
      : []),
    ...imported.notes.map(plainLine),
    ...(added + updated > 0 ? ["Commit the file."] : []),
    "",
  ].join("\n");
}
