"use strict";
// What only the live page has: a roster that is dropped on it, reports, and news of the log.
(() => {
  const { live, words } = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const filled = (template, values) => template.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  let busy = false, roster = null;

  function element(name, properties, ...inside) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside.filter((each) => each !== null));
    return made;
  }
  const named = (text) => element("bdi", {}, text ?? "");

  async function ask(path, body, headers = {}) {
    busy = true;
    document.body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(path, { method: "POST", body, headers: { "x-dualcert": live.token, ...headers } });
      const told = await answer.json().catch(() => ({ error: { message: answer.statusText } }));
      if (told.error) throw new Error(told.error.message);
      return told;
    } finally {
      busy = false;
      document.body.removeAttribute("aria-busy");
    }
  }
  const asJson = (path, body) => ask(path, JSON.stringify(body), { "content-type": "application/json" });

  // A table in a frame; a phone shows its rows as blocks, and the roles say that it is a table all the same.
  function frame(title, headers, rows) {
    const head = element("tr", { role: "row" }, ...headers.map((header) => element("th", { scope: "col", role: "columnheader" }, header)));
    const cellsOf = (cells) => cells.map((cell) => element("td", { role: "cell" }, cell));
    const lines = rows.map((cells) => element("tr", { role: "row" }, ...cellsOf(cells)));
    const caption = element("caption", { className: "unseen" }, title);
    const table = element("table", { className: "cards", role: "table" }, caption, element("thead", { role: "rowgroup" }, head),
      element("tbody", { role: "rowgroup" }, ...lines));
    const made = element("div", { className: "frame", tabIndex: 0, role: "group", ariaLabel: title }, table);
    return [element("h3", {}, title), made];
  }

  function mendedCell(finding) {
    if (finding.content === null) return "—";
    const list = `choices-${finding.nth}`;
    const input = element("input", { type: "text", value: finding.content, ariaLabel: `${finding.cell} ${finding.column}` });
    input.dataset.finding = finding.nth;
    if (!finding.choices.length) return input;
    input.setAttribute("list", list);
    const options = finding.choices.map(([answer, shown]) => element("option", { value: answer }, shown));
    return element("span", {}, input, element("datalist", { id: list }, ...options));
  }

  function questionLine(question) {
    const choices = question.choices.map(([answer, shown]) => element("option", { value: answer }, shown));
    const select = element("select", {}, element("option", { value: "" }, words["leave it"]), ...choices);
    select.dataset.question = question.nth;
    return element("p", {}, element("label", {}, named(question.sentence), " ", select));
  }

  function button(text, work, className = "") {
    const made = element("button", { type: "button", className }, text);
    made.addEventListener("click", () => work().then(show, failed));
    return made;
  }

  const recheck = () => {
    const cells = {}, answers = {};
    for (const input of document.querySelectorAll("#roster-told [data-finding]")) {
      const finding = roster.findings[input.dataset.finding];
      if (input.value !== finding.content) cells[finding.nth] = input.value;
    }
    for (const select of document.querySelectorAll("#roster-told [data-question]")) {
      if (select.value) answers[select.dataset.question] = select.value;
    }
    return asJson(`/rosters/${roster.id}/mend`, { cells, answers });
  };
  const record = (validOnly) => () => asJson(`/rosters/${roster.id}/record`, { validOnly });

  function actions(told) {
    if (told.recorded) {
      return [button(words["look at it"], async () => { location.reload(); return told; })];
    }
    const made = [];
    if (told.findings.length || told.questions.length) made.push(button(words["check again"], recheck));
    if (told.planned && !told.total.refused && !told.refused.length) made.push(button(words["record all"], record(false), "main"));
    if (told.planned && told.total.refused) made.push(button(words["record sound"], record(true)));
    if (told.findings.length) {
      made.push(element("a", { href: `/rosters/${told.id}/marked`, download: "" }, words["take marked"]));
    }
    return made;
  }

  function show(told) {
    roster = told;
    const counted = told.recorded ? words["was recorded"] : words["would be recorded"];
    const parts = [element("p", { className: "counted" }, named(told.name), " ", filled(counted, told.total))];
    parts.push(...told.refused.map((message) => element("p", { className: "bad" }, named(message))));
    parts.push(element("p", { className: "actions" }, ...actions(told)));
    parts.push(...told.questions.map(questionLine));
    if (told.findings.length) {
      const rows = told.findings.map((each) => [each.cell, named(each.column), named(each.message), mendedCell(each)]);
      parts.push(...frame(words["to mend"], [words.cell, words.column, words.problem, words.instead], rows));
    }
    if (told.remarks.length) parts.push(element("ul", {}, ...told.remarks.map((each) => element("li", {}, named(each)))));
    if (told.plan.length) {
      const rows = told.plan.map(([row, what, who, content]) => [row, what, named(who), named(content)]);
      const title = filled(told.recorded ? words["what was recorded"] : words["the plan"], { shown: rows.length, all: told.planned });
      parts.push(...frame(title, [words.row, words.does, words.about, words.content], rows));
    }
    byId("roster-told").replaceChildren(...parts);
    byId("roster-said").textContent = filled(counted, told.total);
  }

  function failed(error) {
    byId("roster-said").textContent = error.message;
    byId("roster-told").prepend(element("p", { className: "bad" }, named(error.message)));
  }

  function take(file) {
    if (!file) return;
    byId("roster-said").textContent = words.reading;
    byId("roster-told").replaceChildren();
    ask("/rosters", file, { "x-name": encodeURIComponent(file.name), "content-type": "application/octet-stream" }).then(show, failed);
  }

  const zone = byId("import");
  byId("roster").addEventListener("change", (event) => take(event.target.files[0]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind === "drop") take(event.dataTransfer.files[0]);
    });
  }

  for (const maker of document.querySelectorAll("[data-report]")) {
    maker.addEventListener("click", () => {
      const place = byId("made");
      place.replaceChildren(element("li", {}, words.making));
      ask(`/reports/${maker.dataset.report}`, "").then((told) => {
        const links = told.made.map(({ id, name }) =>
          element("li", {}, element("a", { href: `/documents/${id}`, target: "_blank", rel: "noopener" }, named(name))));
        const rest = told.trouble ?? (told.messages ? filled(words.messages, { count: told.messages }) : told.made.length ? null : words.none);
        place.replaceChildren(...links, ...(rest ? [element("li", {}, named(rest))] : []));
      }, (error) => place.replaceChildren(element("li", { className: "bad" }, named(error.message))));
    });
  }

  // News: an untouched page is loaded again by itself, another says that there are some.
  const untouched = () => !busy && !roster && !document.body.classList.contains("moved") && byId("made").childElementCount === 0;
  byId("reload").addEventListener("click", () => location.reload());
  setInterval(async () => {
    if (document.hidden || busy) return;
    const told = await fetch("/position").then((answer) => answer.json()).catch(() => null);
    if (!told || told.position === live.position) return;
    if (untouched()) location.reload();
    byId("news").hidden = false;
  }, 2000);
})();
