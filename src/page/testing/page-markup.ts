import type { ReportedRun } from "../../domain/report.ts";

/**
 * A path in a constant, because the page's views are compiled with settings of their own and cannot be imported
 * statically.
 */
const VIEWS = "../browser/testing/page-text.tsx";

const { pageMarkup: markup } = (await import(VIEWS)) as { pageMarkup: (run: ReportedRun) => Promise<string> };

/** The markup that the page's views make of a run, and of each case's input and answer. */
export const pageMarkup = markup;
