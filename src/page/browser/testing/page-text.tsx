/** @jsxImportSource preact */
import { renderToString } from "preact-render-to-string";
import type { ReportedRun } from "../../../domain/report.ts";
import { Trend } from "../charts.tsx";
import { MetricSection, TagSection } from "../metric-table.tsx";
import { PassageView } from "../passage-view.tsx";
import { UnpairedSection, VerdictSection } from "../verdict.tsx";

/** The markup that the page's views make of a run, and of each case's input and answer. */
export async function pageMarkup({ report, history, rows }: ReportedRun): Promise<string> {
  const texts: string[] = [];
  for await (const row of rows()) {
    const { input, output } = await row.answers();
    texts.push(input ?? "", output ?? "");
  }
  const past = await history();
  return renderToString(
    <>
      <VerdictSection report={report} />
      <MetricSection report={report} />
      <TagSection report={report} />
      <Trend history={past} />
      <UnpairedSection report={report} />
      {texts.map((text, at) => (
        <PassageView key={`${at} ${text}`} label="text" passage={{ text, letters: text.length }} />
      ))}
    </>,
  );
}
