/**
 * The part of the labelling page's script that shows an answer with all that belongs to it. It is inside that script
 * and uses its variables.
 */
export const labellingView = `function showQuestion(question) {
  verbatim = false;
  find("case").textContent = visible("Case " + question.case);
  fill("input", question.input);
  find("expected").hidden = question.expected === undefined;
  if (question.expected !== undefined) fill("expected", question.expected);
  showAnswer(question.answer);
  showOpinions(question.opinions || []);
  const draft = keep.read("draft:" + question.id) || question.draft || {};
  find("comment").value = draft.comment || "";
  criteria = new Map(Object.entries(draft.criteria || {}));
  showCriteria();
  scrollTo(0, 0);
  find("case").focus({ preventScroll: true });
}

function fill(id, value) {
  find(id).querySelector(".value").replaceChildren(...parts(value, find(id + "-title").textContent));
}

function parts(value, name) {
  const isObject = value !== null && typeof value === "object";
  const messages = Array.isArray(value) && value.length > 0 && value.every((one) => one && typeof one.role === "string" && typeof one.content === "string" && Object.keys(one).length === 2);
  if (messages) return value.map((one) => part(one.role, one.content));
  const readable = isObject && !Array.isArray(value) && Object.values(value).some((one) => typeof one === "string");
  if (readable && Object.keys(value).length <= 12) return Object.entries(value).map(([key, one]) => part(key, one));
  return [block(typeof value === "string" ? value : JSON.stringify(value, null, 2), name)];
}

function part(name, value) {
  const box = make("div", undefined, "part");
  const list = Array.isArray(value) ? parts(value, name) : [block(typeof value === "string" ? value : JSON.stringify(value, null, 2), name)];
  box.append(make("h3", name), ...list);
  return box;
}

function block(text, name) {
  const pre = text === "" ? make("pre", "nothing: an empty text", "empty") : make("pre", text);
  pre.tabIndex = 0;
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", visible(name));
  return pre;
}

function indentedJson(text) {
  try {
    const value = JSON.parse(text);
    const indented = JSON.stringify(value, null, 2);
    return value !== null && typeof value === "object" && indented !== text ? indented : null;
  } catch { return null; }
}

function showAnswer(text) {
  const indented = indentedJson(text);
  find("answer").querySelector(".value").replaceChildren(block(indented !== null && !verbatim ? indented : text, "Answer"));
  find("indented").hidden = indented === null;
  find("indented").firstChild.textContent = verbatim ? "As it was written. " : "Indented for reading. ";
  find("indented").querySelector("span").textContent = verbatim ? "indent it" : "as it was written";
}

function showOpinions(opinions) {
  find("opinions").hidden = opinions.length === 0;
  find("opinions").querySelector(".value").replaceChildren(...opinions.map((one) => {
    const box = make("div", undefined, "opinion");
    const line = make("p", one.rater + ": ");
    line.append(make("span", one.verdict, "verdict said " + one.verdict));
    box.append(line);
    for (const [name, said] of Object.entries(one.criteria || {})) box.append(make("p", name + ": " + said, "faint"));
    if (one.comment) box.append(make("p", one.comment));
    return box;
  }));
}

function showCriteria() {
  const box = find("criteria");
  box.hidden = state.criteria.length === 0;
  box.replaceChildren(box.querySelector("legend"), ...state.criteria.map(({ name, about }, at) => {
    const row = make("div", undefined, "criterion");
    const words = make("span");
    if (at < 9) words.append(make("kbd", String(at + 1)), " ");
    words.append(make("strong", name), about === "" ? "" : " ", make("span", about, "faint"));
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", visible(name));
    row.append(words, ...VERDICTS.map((verdict) => {
      const one = make("button", verdict, verdict);
      one.type = "button";
      one.setAttribute("aria-pressed", String(criteria.get(name) === verdict));
      one.addEventListener("click", () => setCriterion(name, criteria.get(name) === verdict ? undefined : verdict));
      return one;
    }));
    return row;
  }));
}`;
