import type { ReportedRun } from "../../domain/report.ts";

/** The page's views are compiled for a browser, by settings of their own, so that no file of the program can import them. */
const VIEWS = "../browser/testing/page-text.tsx";

const { pageMarkup: markup } = (await import(VIEWS)) as { pageMarkup: (run: ReportedRun) => Promise<string> };

/** What the page says of a run, and what was asked and answered in each case, as markup. */
export const pageMarkup = markup;
