/**
 * The page's one script: the table of cases with filter, sort and details. Texts of models reach the page only as text
 * nodes, never as markup. Rows come a hundred at a time, so that ten thousand cases open at once.
 */
export const pageScript = String.raw`
"use strict";
(() => {
const ID = 0, PASSED = 1, ANSWERED = 2, ERRORED = 3, TRIALS = 4, TAGS = 5, CHANGE = 6, SURE = 7, BEFORE = 8, LINE = 9, SCORES = 10, ANSWER = 11;
const CHUNK = 100;
const MARKS = { p: ["●", "good", "passed"], f: ["○", "bad", "failed"], e: ["✕", "unsure", "error"], "?": ["?", "faint", "not scored"], "-": ["·", "faint", "not asked"] };
const WORDS = { broken: "broke", fixed: "fixed", same: "same", new: "new", changed: "changed", missing: "no answer" };

const make = (name, text, className) => {
  const element = document.createElement(name);
  if (text !== undefined && text !== null) element.textContent = text;
  if (className) element.className = className;
  return element;
};
const count = (many) => String(many).replace(/\B(?=(\d{3})+$)/g, ",");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const share = (row) => row[ANSWERED] === 0 ? -1 : row[PASSED] / row[ANSWERED];
const shareBefore = (row) => row[BEFORE] === null || row[BEFORE][1] === 0 ? -1 : row[BEFORE][0] / row[BEFORE][1];
const failing = (row) => row[PASSED] < row[ANSWERED];

const STATUS = {
  all: () => true,
  failing,
  never: (row) => failing(row) && row[PASSED] === 0,
  flaky: (row) => failing(row) && row[PASSED] > 0,
  broken: (row) => row[CHANGE] === "broken",
  sure: (row) => row[CHANGE] === "broken" && row[SURE] === 1,
  fixed: (row) => row[CHANGE] === "fixed",
  unpaired: (row) => row[CHANGE] === "new" || row[CHANGE] === "changed" || row[CHANGE] === "missing",
  errors: (row) => row[ERRORED] > 0,
  passing: (row) => row[ANSWERED] > 0 && !failing(row),
};

const rank = (row) => row[CHANGE] === "broken" ? (row[SURE] ? 0 : 1) : failing(row) ? (row[PASSED] === 0 ? 2 : 3) : row[ERRORED] > 0 ? 4 : row[CHANGE] === "fixed" ? 5 : 6;
const fall = (row) => row[BEFORE] === null ? 0 : share(row) - shareBefore(row);
const SORTS = {
  worst: (a, b) => rank(a) - rank(b) || fall(a) - fall(b) || share(a) - share(b),
  id: (a, b) => a[ID] < b[ID] ? -1 : a[ID] > b[ID] ? 1 : 0,
  passed: (a, b) => share(a) - share(b),
  before: (a, b) => shareBefore(a) - shareBefore(b),
  change: (a, b) => fall(a) - fall(b),
};

for (const section of document.querySelectorAll("section.run")) start(section);

function start(section) {
  const number = section.dataset.run;
  const [tags, ...rows] = read("cases-" + number);
  const body = section.querySelector("tbody.rows");
  const status = section.querySelector("[role=status]");
  const more = section.querySelector("button.more");
  const find = (name) => section.querySelector("[name=" + name + "]");
  let answers = null, words = null, shown = [], drawn = 0, sort = "worst", down = false, waiting = 0;
  const nearing = new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting) && !more.hidden) draw();
  }, { rootMargin: "400px" });
  const answerOf = (row) => row[ANSWER] < 0 ? null : (answers ??= read("answers-" + number))[row[ANSWER]];
  const wordsOf = (at) => {
    words ??= rows.map((row) => [row[ID], ...row[TAGS].map((tag) => tags[tag]), ...(answerOf(row) ?? []).filter((part) => typeof part === "string" && part !== "")].join("\n").toLowerCase());
    return words[at];
  };

  for (const [at, tag] of tags.map((tag, at) => [at, tag]).sort((a, b) => a[1] < b[1] ? -1 : 1)) {
    const option = make("option", tag);
    option.value = String(at);
    find("tag").append(option);
  }

  function refresh() {
    const text = find("text").value.trim().toLowerCase();
    const tag = find("tag").value === "" ? null : Number(find("tag").value);
    const fits = STATUS[find("status").value];
    shown = [];
    rows.forEach((row, at) => {
      if (fits(row) && (tag === null || row[TAGS].includes(tag)) && (text === "" || wordsOf(at).includes(text))) shown.push(row);
    });
    const order = SORTS[sort];
    shown.sort(down ? (a, b) => order(b, a) : order);
    body.replaceChildren();
    drawn = 0;
    draw();
    status.textContent = (shown.length === rows.length ? "" : count(shown.length) + " of ") + count(rows.length) + (rows.length === 1 ? " case" : " cases");
  }

  function draw() {
    const next = shown.slice(drawn, drawn + CHUNK);
    body.append(...next.map(tableRow));
    drawn += next.length;
    more.hidden = drawn >= shown.length;
    more.textContent = "show more (" + count(shown.length - drawn) + " left)";
    // Observed anew, it tells again where the button is, also when it has not left the view.
    nearing.unobserve(more);
    nearing.observe(more);
  }

  function tableRow(row) {
    const line = make("tr");
    const open = make("button", row[ID], "case");
    open.type = "button";
    open.setAttribute("aria-expanded", "false");
    open.title = row[ID];
    const first = make("td");
    first.append(open);
    const now = make("td", row[PASSED] + "/" + row[ANSWERED] + (row[ERRORED] > 0 ? " +" + row[ERRORED] + " ✕" : ""), "number " + (failing(row) ? "bad" : ""));
    const before = make("td", row[BEFORE] === null ? "" : row[BEFORE].join("/"), "number");
    const change = make("td", row[CHANGE] === null ? "" : WORDS[row[CHANGE]] + (row[SURE] ? ", more than chance" : ""), "change " + (row[CHANGE] === "broken" ? "bad" : row[CHANGE] === "fixed" ? "good" : "faint"));
    const names = row[TAGS].map((tag) => tags[tag]).join(" ");
    const tagged = make("td", names, "tags faint");
    tagged.title = names;
    line.append(first, now, before, change, marks(row), tagged);
    open.addEventListener("click", () => toggle(line, open, row));
    return line;
  }

  function marks(row) {
    const cell = make("td", undefined, "trials marks");
    cell.setAttribute("aria-label", Array.from(row[TRIALS], (mark) => MARKS[mark][2]).join(", "));
    for (const mark of row[TRIALS].slice(0, 12)) cell.append(make("span", MARKS[mark][0], MARKS[mark][1]));
    if (row[TRIALS].length > 12) cell.append("…");
    return cell;
  }

  function toggle(line, open, row) {
    const isOpen = open.getAttribute("aria-expanded") === "true";
    open.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) return line.nextElementSibling.remove();
    const cell = make("td");
    cell.colSpan = 6;
    cell.append(...details(row));
    const detail = make("tr", undefined, "detail");
    detail.append(cell);
    line.after(detail);
  }

  function details(row) {
    const parts = [];
    const where = section.dataset.dataset && row[LINE] !== null ? "  ·  " + section.dataset.dataset + ":" + row[LINE] : "";
    parts.push(make("p", "evals show " + section.dataset.id + "/" + row[ID] + where, "faint"));
    const scorers = JSON.parse(section.dataset.scorers);
    const scores = row[SCORES].map((score, at) => score === null ? null : scorers[at] + " " + score).filter((one) => one !== null);
    if (scores.length > 0) parts.push(make("p", "mean scores: " + scores.join(", "), "faint"));
    const answer = answerOf(row);
    if (answer === null) return [...parts, make("p", "Every trial passes, as before; its answers are in the history.")];
    const [trial, output, before, expected, scorer, reason, error, message, input] = answer;
    if (scorer !== "") parts.push(make("p", scorer + ": " + reason));
    if (error !== null) parts.push(make("p", "error (" + error + "): " + message, "unsure"));
    if (input !== null) parts.push(make("h3", "asked"), make("pre", input));
    if (expected !== null) parts.push(make("h3", "expected"), make("pre", expected));
    const sides = make("div", undefined, "sides");
    const [was, is] = before === null || output === null ? [before === null ? null : [before], output === null ? null : [output]] : compare(before, output);
    if (was !== null) sides.append(side("answered before", was, "del"));
    if (is !== null) sides.append(side("answered in trial " + trial, is, "ins"));
    return [...parts, sides];
  }

  function side(title, parts, mark) {
    const block = make("div");
    const text = make("pre");
    text.tabIndex = 0;
    for (const part of parts) text.append(typeof part === "string" ? part : make(mark, part[0]));
    block.append(make("h3", title), text);
    return block;
  }

  for (const name of ["tag", "status"]) find(name).addEventListener("change", refresh);
  find("text").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 120);
  });
  for (const head of section.querySelectorAll("th[data-sort]")) {
    head.querySelector("button").addEventListener("click", () => {
      down = sort === head.dataset.sort && !down;
      sort = head.dataset.sort;
      for (const other of section.querySelectorAll("th[data-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      refresh();
    });
  }
  more.addEventListener("click", draw);
  body.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || !event.target.classList.contains("case")) return;
    const buttons = [...body.querySelectorAll("button.case")];
    const next = buttons[buttons.indexOf(event.target) + step];
    if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest" }); }
  });
  refresh();
}

const theme = document.querySelector("button.theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const nameTheme = () => { theme.textContent = isDark() ? "light colours" : "dark colours"; };
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
dark.addEventListener("change", nameTheme);
nameTheme();
theme.hidden = false;

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  document.querySelector("[name=text]")?.focus();
});

/** Two texts as lists of parts; a part in a list of its own is only on that side. */
function compare(before, after) {
  const split = (text) => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  const a = split(before), b = split(after);
  let start = 0, endA = a.length, endB = b.length;
  while (start < endA && start < endB && a[start] === b[start]) start++;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) { endA--; endB--; }
  const height = endA - start, width = endB - start;
  const was = [a.slice(0, start).join("")], is = [b.slice(0, start).join("")];
  // Beyond this the middle counts as replaced: a page must not hang over two long answers.
  if (height * width > 4e6) {
    was.push([a.slice(start, endA).join("")]);
    is.push([b.slice(start, endB).join("")]);
  } else {
    const stride = width + 1;
    const length = new Uint16Array((height + 1) * stride);
    for (let i = height - 1; i >= 0; i--)
      for (let j = width - 1; j >= 0; j--)
        length[i * stride + j] = a[start + i] === b[start + j] ? length[(i + 1) * stride + j + 1] + 1 : Math.max(length[(i + 1) * stride + j], length[i * stride + j + 1]);
    let i = 0, j = 0;
    while (i < height || j < width) {
      if (i < height && j < width && a[start + i] === b[start + j]) { was.push(a[start + i++]); is.push(b[start + j++]); }
      else if (j >= width || (i < height && length[(i + 1) * stride + j] >= length[i * stride + j + 1])) was.push([a[start + i++]]);
      else is.push([b[start + j++]]);
    }
  }
  was.push(a.slice(endA).join(""));
  is.push(b.slice(endB).join(""));
  return [was, is];
}
})();
`;
