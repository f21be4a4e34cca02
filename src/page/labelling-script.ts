import { labellingView } from "./labelling-view.ts";

/**
 * The labelling page's one script. Texts of models reach the page only as text nodes. A step is shown as done when the
 * server has said that it is kept; until then it is kept here, over a reload too, and sent again.
 */
export const labellingScript = String.raw`
"use strict";
(() => {
const RETRY = 2000;
const HIDDEN = /[^\P{Cc}\n\t]|[\p{Cs}\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const VERDICTS = ["pass", "fail", "unsure"];
const find = (id) => document.getElementById(id);
const visible = (text) => text.replace(/\r\n?/g, "\n").replace(HIDDEN, "\uFFFD");
const make = (name, text, className) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = visible(text);
  if (className) element.className = className;
  return element;
};

let state = null, pending = null, busy = false, lost = false, over = false, verbatim = false, asked = null;
let criteria = new Map();

/** Where exchanges are to become cases the same keys say other words. */
const OTHER_WORDS = { candidates: { pass: "accept", fail: "reject", unsure: "leave", comment: "Expected" } };
const word = (verdict) => (OTHER_WORDS[state.purpose] || {})[verdict] || verdict;
const raterLine = { adjudicate: "settling where raters disagree", candidates: "which of them become cases" };

function showWords() {
  for (const verdict of VERDICTS) {
    document.querySelector("[data-act=" + verdict + "]").lastChild.textContent = " " + word(verdict);
    document.querySelector("#help [data-word=" + verdict + "]").textContent = word(verdict);
  }
  document.querySelector(".comment span").firstChild.textContent = (OTHER_WORDS[state.purpose] ? word("comment") : "Comment") + " ";
}

const keep = {
  // Another session may have had this port.
  key: (name) => location.pathname + " " + name,
  read: (name) => { try { return JSON.parse(sessionStorage.getItem(keep.key(name))); } catch { return null; } },
  write: (name, value) => { try { if (value === null) sessionStorage.removeItem(keep.key(name)); else sessionStorage.setItem(keep.key(name), JSON.stringify(value)); } catch {} },
};

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(path, { ...options, cache: "no-store", credentials: "omit" });
  return { status: reply.status, value: await reply.json() };
}

async function load() {
  try {
    const { status, value } = await ask("state");
    if (status === 403) return expired();
    found();
    show(value.state);
  } catch { missing(); }
}

async function send(body) {
  if (busy || over) return;
  busy = true;
  pending = body;
  if (body.act === "label" || body.act === "skip") keep.write("pending", body);
  setButtons();
  try {
    const { status, value } = await ask("act", body);
    if (status === 403) return expired();
    if (status >= 500) return troubled(value.error);
    settled(body, status, value);
  } catch { missing(); }
  finally { busy = false; setButtons(); }
}

function settled(body, status, value) {
  pending = null;
  keep.write("pending", null);
  found();
  if (status === 400) return notice("The server could not read this step: " + value.error);
  if (value.told === "ended") return ended();
  // What was typed for an answer that this step did not label stays with that answer.
  if (body.act !== "undo" && value.told !== "not-asked-now") keep.write("draft:" + body.id, null);
  show(value.state);
  if (value.told === "not-asked-now") notice("This answer was dealt with in another tab. Nothing was changed; z takes the last step back.");
  else if (body.act === "label") notice("Saved: " + word(body.verdict) + ".");
  else if (body.act === "skip") notice("Skipped.");
  else if (body.act === "undo") notice(state.question && state.question.draft ? "Taken back: it was " + word(state.question.draft.verdict) + ". Judge it again." : "Taken back.");
}

function found() {
  lost = false;
  find("trouble").hidden = true;
}

function missing() {
  if (over) return;
  if (state && state.question === null && pending === null) return ended();
  lost = true;
  const what = pending === null ? "What you type stays here." : pending.act === "label" ? "Your label (" + pending.verdict + ") is kept here and sent as soon as it is back." : "Your last step is kept here and sent as soon as it is back.";
  trouble("The server does not answer. " + what + " If it was stopped, run the same evals label command again.");
  setButtons();
}

function expired() {
  lost = true;
  trouble("This page belongs to a session that has ended. Open the address that the terminal shows now." + (find("comment").value === "" ? "" : " Your comment is still here to be copied."));
  setButtons();
}

function troubled(text) {
  lost = true;
  trouble("The label could not be written: " + text + " It is kept here and sent again.");
}

function ended() {
  over = true;
  find("trouble").hidden = true;
  find("question").hidden = find("judging").hidden = true;
  find("end").hidden = false;
  find("end-title").textContent = "The session has ended.";
  find("end").querySelector(".acts").hidden = true;
  notice("Every label is saved. You can close this tab.");
}

function trouble(text) {
  const element = find("trouble");
  if (element.textContent !== visible(text)) element.textContent = visible(text);
  element.hidden = false;
  notice("");
}
const notice = (text) => { find("notice").textContent = visible(text); };

setInterval(() => {
  if (busy || over) return;
  if (lost && pending !== null) void send(pending);
  else if (lost || state === null) void load();
  else ask("alive").then(({ status }) => status === 200 ? undefined : expired(), missing);
}, RETRY);

function setButtons() {
  const still = busy || (lost && pending !== null);
  for (const element of document.querySelectorAll("button[data-act]")) {
    const act = element.dataset.act;
    element.disabled = act === "help" || act === "verbatim" ? false : still || (act === "undo" && !(state && state.canUndo));
  }
}

function show(next) {
  state = next;
  const { question } = state;
  find("suite").textContent = visible(state.suite);
  showWords();
  find("rater").textContent = visible(raterLine[state.purpose] || "judged by " + state.rater);
  find("bar").max = Math.max(1, state.total);
  find("bar").value = state.done;
  find("progress").textContent = state.done + " of " + state.total;
  document.title = state.done + "/" + state.total + " · " + visible(state.suite) + " · labels";
  find("question").hidden = find("judging").hidden = question === null;
  find("end").hidden = question !== null;
  if (question === null) showEnd();
  else if (question.id !== asked || question.draft) showQuestion(question);
  asked = question === null ? null : question.id;
  setButtons();
}

${labellingView}

function setCriterion(name, verdict) {
  const at = [...find("criteria").querySelectorAll("button")].indexOf(document.activeElement);
  if (verdict === undefined) criteria.delete(name); else criteria.set(name, verdict);
  showCriteria();
  if (at >= 0) find("criteria").querySelectorAll("button")[at].focus();
  notice(name + ": " + (verdict || "not said"));
  keepDraft();
}

function keepDraft() {
  if (asked === null) return;
  const comment = find("comment").value;
  keep.write("draft:" + asked, comment === "" && criteria.size === 0 ? null : { comment, criteria: Object.fromEntries(criteria) });
}

function showEnd() {
  const { counts, skipped, agreement, total } = state;
  find("end-title").textContent = total === 0 ? "Nothing is left to judge." : "All " + total + " answers are done.";
  find("counts").textContent = counts.pass + " " + word("pass") + ", " + counts.fail + " " + word("fail") + ", " + counts.unsure + " " + word("unsure") + ", " + skipped + " skipped. Every label is saved" + (skipped === 0 && total > 0 ? "; the program ends in half a minute, or when you finish." : ".");
  find("agreement").textContent = agreement === null ? "" : "Asked twice, you said the same " + agreement.same + " of " + agreement.of + " times.";
  find("end").querySelector("[data-act=again]").hidden = skipped === 0;
  find("skipped").textContent = "ask the " + skipped + " skipped again";
  find("end-title").focus({ preventScroll: true });
}

const label = (verdict) => {
  const comment = find("comment").value.trim();
  return { act: "label", id: asked, verdict, ...(comment === "" ? {} : { comment }), ...(criteria.size === 0 ? {} : { criteria: Object.fromEntries(criteria) }) };
};
const step = (body) => { if (!busy && pending === null) void send(body); };
const ACTS = {
  pass: () => asked !== null && step(label("pass")),
  fail: () => asked !== null && step(label("fail")),
  unsure: () => asked !== null && step(label("unsure")),
  skip: () => asked !== null && step({ act: "skip", id: asked }),
  undo: () => state && state.canUndo && step({ act: "undo", done: state.done }),
  again: () => asked === null && state && state.skipped > 0 && step({ act: "again" }),
  end: () => asked === null && step({ act: "end" }),
  help: () => find("help").showModal(),
  verbatim: () => {
    if (asked === null) return;
    verbatim = !verbatim;
    showAnswer(state.question.answer);
  },
  comment: () => asked !== null && find("comment").focus(),
};
const KEYS = { p: "pass", f: "fail", u: "unsure", s: "skip", z: "undo", c: "comment", a: "again", v: "verbatim", "?": "help", enter: "end" };

/** Keys that scroll a page scroll the answer while the focus is nowhere else. */
function scrollAnswer(key, event) {
  const steps = { arrowdown: 40, arrowup: -40, pagedown: 400, pageup: -400, " ": event.shiftKey ? -400 : 400 };
  const pre = find("answer").querySelector("pre");
  const elsewhere = event.target !== document.body && event.target !== find("case");
  if (steps[key] === undefined || elsewhere || pre === null || pre.scrollHeight <= pre.clientHeight) return false;
  pre.scrollBy(0, steps[key]);
  return true;
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-act]");
  if (pressed) ACTS[pressed.dataset.act]();
});
document.addEventListener("keydown", (event) => {
  if (find("help").open || over) return;
  const leaves = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
  if (event.target === find("comment")) {
    if (leaves) { event.preventDefault(); find("comment").blur(); find("case").focus({ preventScroll: true }); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  // On a keyboard with other letters the place of the key counts.
  const key = event.key.length > 1 || /^[ -~]$/.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^(Key|Digit)/, "").toLowerCase();
  if (key === "enter" && event.target.closest("button")) return;
  if (/^[1-9]$/.test(key) && asked !== null && state.criteria[Number(key) - 1]) {
    const { name } = state.criteria[Number(key) - 1];
    setCriterion(name, VERDICTS[VERDICTS.indexOf(criteria.get(name)) + 1]);
  } else if (Object.hasOwn(KEYS, key)) ACTS[KEYS[key]]();
  else if (!scrollAnswer(key, event)) return;
  event.preventDefault();
});
find("comment").addEventListener("input", keepDraft);

const left = keep.read("pending");
if (left === null) void load();
else void send(left).then(() => state === null ? load() : undefined);
})();
`;
