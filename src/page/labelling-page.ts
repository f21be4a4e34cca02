import { labellingScript } from "./labelling-script.ts";
import { labellingStyle } from "./labelling-style.ts";

/** Keys of the page, as its help lists them. */
const KEYS: readonly (readonly [string, string])[] = [
  ["p", "pass"],
  ["f", "fail"],
  ["u", "unsure: you cannot say"],
  ["s", "skip: no label, asked again at the end if you like"],
  ["z", "take the last step back"],
  ["c", "write a comment; Esc leaves it"],
  ["1 … 9", "a criterion: pass, fail, unsure, not said"],
  ["v", "an answer that is JSON: indented, or as it was written"],
  ["↓ ↑ Space", "scroll a long answer"],
  ["?", "this help"],
];

/**
 * The labelling page: one text that loads nothing. Whatever models and datasets said reaches it later as JSON and is
 * shown as text nodes alone, and its policy lets no other script run.
 * @param nonce base64, fresh for each page
 */
export function labellingPage(nonce: string): { readonly html: string; readonly policy: string } {
  const own = `'nonce-${nonce}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { html: pageOf(nonce), policy };
}

const button = (act: string, key: string, text: string): string =>
  `<button type="button" class="${act}" data-act="${act}" aria-keyshortcuts="${key}"><kbd>${key}</kbd> ${text}</button>`;

/** The first word of what a verdict's key means is another one where candidates are decided on. */
function wordOf(key: string, means: string): string {
  if (!/^[pfu]$/.test(key)) return means;
  const [verdict = "", ...more] = means.split(":");
  return `<span data-word="${verdict}">${verdict}</span>${more.length === 0 ? "" : `:${more.join(":")}`}`;
}

function pageOf(nonce: string): string {
  const keys = KEYS.map(([key, means]) => `<dt><kbd>${key}</kbd></dt><dd>${wordOf(key, means)}</dd>`).join(
    "",
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>labels</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${labellingStyle}</style>
</head>
<body>
<header>
<p class="what"><strong id="suite"></strong> <span id="rater"></span></p>
<p class="progress"><progress id="bar" aria-label="progress" max="1" value="0"></progress> <span id="progress"></span></p>
</header>
<p id="trouble" role="alert" hidden></p>
<p id="notice" role="status"></p>
<noscript><p>This page needs JavaScript; it loads nothing from anywhere.</p></noscript>
<main id="question" hidden>
<h1 id="case" tabindex="-1"></h1>
<section id="opinions" aria-labelledby="opinions-title" hidden><h2 id="opinions-title">What the raters said</h2><div class="value"></div></section>
<div class="sides">
<div>
<section id="input" aria-labelledby="input-title"><h2 id="input-title">Input</h2><div class="value"></div></section>
<section id="expected" aria-labelledby="expected-title"><h2 id="expected-title">Expected</h2><div class="value"></div></section>
</div>
<div>
<section id="answer" aria-labelledby="answer-title"><h2 id="answer-title">Answer</h2><div class="value"></div>
<p class="faint" id="indented" hidden>Indented for reading. <button type="button" class="link" data-act="verbatim" aria-keyshortcuts="v"><kbd>v</kbd> <span></span></button></p></section>
</div>
</div>
</main>
<main id="end" hidden>
<h1 id="end-title" tabindex="-1"></h1>
<p id="counts"></p>
<p id="agreement"></p>
<p class="acts">
${button("again", "a", '<span id="skipped"></span>')}
${button("undo", "z", "undo")}
${button("end", "Enter", "finish")}
</p>
</main>
<footer id="judging" hidden>
<fieldset id="criteria" hidden><legend>Criteria</legend></fieldset>
<label class="comment"><span>Comment <kbd>c</kbd></span><textarea id="comment" rows="1" maxlength="20000"></textarea></label>
<p class="acts">
${button("pass", "p", "pass")}
${button("fail", "f", "fail")}
${button("unsure", "u", "unsure")}
${button("skip", "s", "skip")}
${button("undo", "z", "undo")}
${button("help", "?", "keys")}
</p>
</footer>
<dialog id="help" aria-labelledby="help-title"><h2 id="help-title">Keys</h2><dl>${keys}</dl>
<p>Every label is on the disk before the next answer is shown. Closing the page loses nothing.</p>
<form method="dialog"><button autofocus>close</button></form></dialog>
<script nonce="${nonce}">${labellingScript}</script>
</body>
</html>
`;
}
