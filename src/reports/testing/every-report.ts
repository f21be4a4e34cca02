import type { ReportedRun } from "../../domain/report.ts";
import { pageMarkup } from "../../page/testing/page-markup.ts";
import { annotations } from "../github/annotations.ts";
import { documentText, runDocument } from "../json/documents.ts";
import { junitReport } from "../junit/junit.ts";
import { markdownReport } from "../markdown/markdown.ts";
import { runReport } from "../terminal/run-report.ts";
import { elementsOf, parseXml, type XmlElement } from "./xml.ts";

/**
 * Every reporter for people, as a function that returns the text as a reader sees it: escapes are undone, and lines are
 * joined.
 */
export const READ_BY_PEOPLE: Readonly<Record<string, (run: ReportedRun) => Promise<string>>> = {
  terminal: async ({ report }) => joined(runReport(report, { width: 80, color: false })),
  markdown: async (run) => joined(unescaped(await markdownReport([run]))),
  html: async (run) => joined(unescaped(await pageMarkup(run))),
  junit: async (run) => joined(xmlText(parseXml(await junitReport([run])))),
  github: async (run) =>
    joined((await annotations([run], "")).replace(/%25/g, "%").replace(/%2C/g, ",").replace(/%3A/g, ":")),
};

/** The run as it is in the JSON document. */
export function jsonOf({ report }: ReportedRun) {
  return JSON.parse(documentText(runDocument(1, [report]))).runs[0];
}

const joined = (text: string): string => text.replace(/[⏎\s]+/g, " ");

const unescaped = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\\u00(22|27|3c|3e|26)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

const xmlText = (root: XmlElement): string =>
  ["testsuite", "testcase", "failure", "error", "skipped", "system-out"]
    .flatMap((name) => elementsOf(root, name))
    .map(({ attributes, text }) => `${Object.values(attributes).join(" ")} ${text}`)
    .join(" ");
