import { createHash } from "node:crypto";
import type { ReportedRun, RunReport } from "../../domain/report.ts";
import { count, plural } from "../format-numbers.ts";
import { headline, runName } from "../headline.ts";
import { cut } from "../plain-text.ts";
import { type CaseData, caseData } from "./case-data.ts";
import { escapeHtml } from "./html-text.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import {
  distributionSection,
  metricSection,
  tagSection,
  trendSection,
  unpairedSection,
  verdictSection,
} from "./sections.ts";

/** The whole page stays below 20 MB. */
const MOST_BYTES = 18_500_000;

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * One page that needs nothing else: no network, no fonts, no other file. Its policy names its own style and script by
 * their hashes, so that a text that got in as markup against all care still could not run or load anything.
 */
export function htmlReport(runs: readonly ReportedRun[]): string {
  const policy = `default-src 'none'; style-src ${hash(pageStyle)}; script-src ${hash(pageScript)}; base-uri 'none'; form-action 'none'`;
  const room = Math.floor(MOST_BYTES / Math.max(1, runs.length));
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n',
    `<title>${escapeHtml(pageTitle(runs))}</title>\n<style>${pageStyle}</style>\n</head>\n<body>\n`,
    pageHead(runs),
    "<main>\n",
    ...runs.flatMap((run, index) => runParts(run, index, room)),
    `</main>\n<script>${pageScript}</script>\n</body>\n</html>\n`,
  ].join("");
}

const nameOf = ({ header }: RunReport): string => cut(runName(header), 80);

function pageTitle(runs: readonly ReportedRun[]): string {
  const [first] = runs;
  if (first === undefined) return "evals";
  const more = runs.length > 1 ? ` and ${plural(runs.length - 1, "more run")}` : "";
  return `${headline(first.report).word} ${nameOf(first.report)}${more}`;
}

/** The runs of a page that has several, and what changes its colours. */
function pageHead(runs: readonly ReportedRun[]): string {
  const links = runs.map(
    ({ report }, index) =>
      `<a href="#run-${index}">${headline(report).word} ${escapeHtml(nameOf(report))}</a>`,
  );
  const nav = runs.length < 2 ? "" : `<nav aria-label="runs">${links.join("\n")}</nav>`;
  return `<header class="page">${nav}<button type="button" class="theme" hidden></button></header>\n`;
}

function runParts(run: ReportedRun, index: number, room: number): string[] {
  const { report } = run;
  const told = [
    verdictSection(report),
    metricSection(report),
    trendSection(run.history()),
    tagSection(report),
  ];
  const unpaired = unpairedSection(report);
  const used = [...told, unpaired].reduce((sum, part) => sum + Buffer.byteLength(part), 40_000);
  const data = caseData(run, Math.max(0, room - used));
  const scorers = report.header.scorers.map((one) => one.name);
  return [
    `<section class="run" id="run-${index}" data-run="${index}" data-id="${escapeHtml(report.header.id)}" data-dataset="${escapeHtml(report.dataset_path)}" data-scorers="${escapeHtml(JSON.stringify(scorers))}">\n`,
    ...[...told, distributionSection(data.distributions), unpaired, casesSection(report, data)].map(
      (part) => `${part}\n`,
    ),
    `<script type="application/json" id="cases-${index}">`,
    data.rows,
    `</script>\n<script type="application/json" id="answers-${index}">`,
    data.answers,
    "</script>\n</section>\n",
  ];
}

const STATUSES: readonly (readonly [string, string, boolean])[] = [
  ["all", "all", false],
  ["failing", "not always passing", false],
  ["never", "never pass", false],
  ["flaky", "flaky", false],
  ["broken", "broke", true],
  ["sure", "broke, more than chance", true],
  ["fixed", "fixed", true],
  ["unpaired", "not compared", true],
  ["errors", "with errors", false],
  ["passing", "always passing", false],
];

function casesSection(report: RunReport, { shown, leftOut, cutAfter }: CaseData): string {
  const options = STATUSES.filter(([, , compares]) => !compares || report.comparison !== null);
  const notes = [
    ...(leftOut > 0
      ? [
          `${plural(leftOut, "case")} left out: the table holds ${count(shown)} cases, those that failed or moved first.`,
        ]
      : []),
    ...(cutAfter === null
      ? []
      : [
          `Answers are cut after ${count(cutAfter)} letters, so that the page stays small; the history has them whole.`,
        ]),
  ];
  const column = (sort: string, text: string, name: string): string =>
    `<th scope="col" class="${name}" data-sort="${sort}"><button type="button">${text}</button></th>`;
  return [
    "<h2>Cases</h2>",
    ...notes.map((note) => `<p>${note}</p>`),
    '<noscript><p>The table of cases needs JavaScript, which stays inside this page.</p></noscript>\n<div class="controls">',
    '<label>text in id, tag or answer (/)<input type="search" name="text" autocomplete="off" spellcheck="false"></label>',
    '<label>tag<select name="tag"><option value="">all</option></select></label>',
    `<label>status<select name="status">${options.map(([value, text]) => `<option value="${value}">${text}</option>`).join("")}</select></label>`,
    '<p role="status"></p></div>',
    `<table class="cases"><thead><tr>${column("id", "case", "")}${column("passed", "passed", "narrow number")}${column("before", "before", "narrow number")}${column("change", "change", "change")}<th scope="col" class="trials">trials</th><th scope="col" class="tags">tags</th></tr></thead><tbody class="rows"></tbody></table>`,
    '<p><button type="button" class="more" hidden>show more</button></p>',
  ].join("\n");
}
