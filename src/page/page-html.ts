import { createHash } from "node:crypto";
import type { PageAssets } from "./page-assets.ts";
import type { PageStart } from "./page-documents.ts";
import { escapeHtml, scriptJson } from "./page-text.ts";

export interface PageParts {
  readonly title: string;
  readonly start: PageStart;
  /** Content for readers without JavaScript. */
  readonly plain: string;
  /** Elements before the application's script, which are available when it starts. */
  readonly first: readonly string[];
  /** Elements after the script, which may still be loading when it starts. */
  readonly rest: readonly string[];
}

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * The content security policy: the page may only run its own script and style, by hash. Even injected markup could
 * not run or load anything.
 *
 * @param connects whether the page may send requests to the program that serves it
 */
export function pagePolicy({ script, style }: PageAssets, connects: boolean): string {
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    ...(connects ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** The page as one self-contained text: no network, fonts or other files. */
export function pageHtml(assets: PageAssets, { title, start, plain, first, rest }: PageParts): string {
  const policy = pagePolicy(assets, start.mode !== "file");
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n',
    '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n',
    `<title>${escapeHtml(title)}</title>\n<style>${assets.style}</style>\n</head>\n<body>\n<div id="app"></div>\n`,
    `<noscript><main><h1>${escapeHtml(plain)}</h1><p>The rest of this page needs JavaScript.</p></main></noscript>\n`,
    dataElement("start", scriptJson(start)),
    ...first,
    `<script>${assets.script}</script>\n`,
    ...rest,
    "</body>\n</html>\n",
  ].join("");
}

/** An element with JSON for the application. */
export function dataElement(id: string, json: string): string {
  return `<script type="application/json" id="${id}">${json}</script>\n`;
}

/** An element with compressed JSON in Base64. */
export function packedElement(id: string, packed: string): string {
  return `<script type="application/octet-stream" id="${id}">${packed}</script>\n`;
}
