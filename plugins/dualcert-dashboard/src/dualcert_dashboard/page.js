"use strict";
// Two sliders, and the figures that follow them. What the page carries are steps: from the day `on`, known from the end of
// the day `known`, a lab adds so much to its place. Their sum up to both days is what `dualcert ratio` answers.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const byId = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const LAB = 0, PLACE = 1, RULES = 2, KNOWN = 3, ON = 4, LABS = 5, CMA = 6, CATL = 7, DUAL = 8;
  const now = { day: data.asOf, known: data.known };

  // Days are numbers from `first`, knowledge from `knownFirst`.
  const DAY = 86400000;
  const dated = (first, n) => new Date(Date.parse(first + "T00:00:00Z") + n * DAY);
  const between = (first, last) => Math.round((Date.parse(last) - Date.parse(first)) / DAY);
  const iso = (day) => day.toISOString().slice(0, 10);
  const ahead = between(data.knownFirst, data.first);
  const zero = data.words.day.includes("年");
  const filled = (template, values) => template.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const written = (text) => {
    const [year, month, day] = text.split("-");
    return filled(words.day, { year, month: zero ? +month : month, day: zero ? +day : day });
  };
  const dayOf = (n) => written(iso(dated(data.first, n)));
  const knownOf = (n) => written(iso(dated(data.knownFirst, n)));

  // The rules of a day: of the newest set that is known by then, the last that has begun.
  function ruleOf(day, known) {
    let newest = -1, found = null;
    for (const rule of data.rules) if (rule[0] <= known && rule[0] > newest) newest = rule[0];
    for (const rule of data.rules) if (rule[0] === newest && rule[1] <= day) found = rule;
    return found;
  }

  function add(sum, step) {
    sum.labs += step[LABS];
    sum.cma += step[CMA];
    sum.catl += step[CATL];
    sum.dual += step[DUAL];
  }

  // Unit -> labs, CMA, CATL, dual; null where no rules are known.
  function figuresOf(day, known) {
    const rule = ruleOf(day, known);
    if (!rule) return null;
    const ofPlaces = data.places.map(() => ({ labs: 0, cma: 0, catl: 0, dual: 0 }));
    for (const step of data.steps) {
      if (step[RULES] === rule[2] && step[KNOWN] <= known && step[ON] <= day) add(ofPlaces[step[PLACE]], step);
    }
    const sums = new Map();
    ofPlaces.forEach((own, place) => {
      for (const unit of data.places[place]) {
        const sum = sums.get(unit) ?? { labs: 0, cma: 0, catl: 0, dual: 0 };
        for (const what of Object.keys(sum)) sum[what] += own[what];
        sums.set(unit, sum);
      }
    });
    return { target: rule[3], of: (unit) => sums.get(unit) ?? { labs: 0, cma: 0, catl: 0, dual: 0 } };
  }

  // Judged on whole numbers, as everywhere in dualcert: 84.96 % is shown as 85.0 and does not meet 85.
  function percentOf({ dual, labs }) {
    if (!labs) return "—";
    const tenths = Math.floor((2000 * dual + labs) / (2 * labs));
    return `${Math.floor(tenths / 10)}.${tenths % 10}%`;
  }
  const meets = ({ dual, labs }, target) => (labs ? 100 * dual >= target * labs : null);
  const missing = ({ dual, labs }, target) => (labs ? Math.max(0, Math.ceil((target * labs) / 100) - dual) : "—");
  const verdict = (met) => (met === null ? words["no data"] : met ? words.met : words["not met"]);

  function shown(figures, unit, what) {
    if (!figures) return what === "met" ? words["no campaign"] : "—";
    const own = figures.of(unit);
    switch (what) {
      case "percent": return percentOf(own);
      case "met": return verdict(meets(own, figures.target));
      case "missing": return missing(own, figures.target);
      case "target": return `${figures.target}%`;
      default: return own[what];
    }
  }

  function showFigures(figures) {
    for (const cell of all("[data-of]")) cell.textContent = shown(figures, cell.dataset.unit, cell.dataset.of);
    for (const bar of all("[data-bar]")) {
      const own = figures ? figures.of(bar.dataset.bar) : { labs: 0, dual: 0 };
      const target = figures ? figures.target : 0;
      bar.querySelector(".fill").setAttribute("width", own.labs ? (100 * own.dual) / own.labs : 0);
      bar.classList.toggle("short", meets(own, target) === false);
      for (const end of ["x1", "x2"]) bar.querySelector(".target").setAttribute(end, target);
    }
    const short = [];
    for (const tile of all("[data-tile]")) {
      const met = figures ? meets(figures.of(tile.dataset.tile), figures.target) : null;
      tile.classList.toggle("met", met === true);
      tile.classList.toggle("short", met === false);
      tile.classList.toggle("none", met === null);
      if (met === false) short.push([tile.dataset.tile, tile.querySelector(".name").textContent]);
    }
    const cities = short.sort().map(([, name]) => name).join(words.list);
    const none = figures?.of("all").labs ? words["none short"] : "";
    byId("short").textContent = cities ? filled(words.short, { cities }) : none;
  }

  function rankCities(figures) {
    const body = document.querySelector("#ranked tbody");
    const rows = [...body.rows].map((row) => ({ row, unit: row.dataset.city, own: figures?.of(row.dataset.city) ?? { labs: 0, dual: 0 } }));
    const better = (a, b) => b.own.dual * a.own.labs - a.own.dual * b.own.labs;
    rows.sort((a, b) => !a.own.labs - !b.own.labs || better(a, b) || (a.unit < b.unit ? -1 : 1));
    for (const { row, own } of rows) {
      const place = 1 + rows.filter((other) => other.own.labs && better({ own }, other) > 0).length;
      row.querySelector("[data-rank]").textContent = own.labs ? place : "—";
      body.append(row);
    }
  }

  // The trend, in the units of the picture that the page came with.
  const FRAME = { left: 44, right: 410, top: 12, bottom: 200 };
  const x = (day) => FRAME.left + ((FRAME.right - FRAME.left) * day) / Math.max(1, data.days);
  const y = (share) => FRAME.bottom - (FRAME.bottom - FRAME.top) * share;

  // The province's share on every day, as known at the end of the day `known`.
  function line(known) {
    const sums = new Map();
    for (const step of data.steps) {
      if (step[KNOWN] > known || step[ON] > data.days) continue;
      if (!sums.has(step[RULES])) sums.set(step[RULES], Array.from({ length: data.days + 1 }, () => ({ labs: 0, dual: 0 })));
      const at = sums.get(step[RULES])[Math.max(0, step[ON])];
      at.labs += step[LABS];
      at.dual += step[DUAL];
    }
    for (const days of sums.values()) {
      for (let day = 1; day < days.length; day++) {
        days[day].labs += days[day - 1].labs;
        days[day].dual += days[day - 1].dual;
      }
    }
    return Array.from({ length: data.days + 1 }, (_, day) => sums.get(ruleOf(day, known)?.[2])?.[day] ?? { labs: 0, dual: 0 });
  }

  function showTrend() {
    const shares = line(now.known);
    let path = "", before = null;
    shares.forEach(({ labs, dual }, day) => {
      const share = labs ? dual / labs : null;
      if (share !== null && before === null) path += `M${x(day)} ${y(share)}`;
      else if (share !== null && share !== before) path += `H${x(day)}V${y(share)}`;
      before = share;
    });
    byId("trend-now").setAttribute("d", before === null ? path : `${path}H${x(data.days)}`);
    for (const cell of all("[data-now]")) cell.textContent = percentOf(shares[cell.dataset.now]);
  }

  function showDay() {
    for (const end of ["x1", "x2"]) byId("trend-here").setAttribute(end, x(now.day));
    const bars = byId("bars").dataset;
    const place = (1000 * (now.day - bars.axis)) / bars.span;
    for (const here of all("#bars .here")) for (const end of ["x1", "x2"]) here.setAttribute(end, place);
  }

  // From when until when a certificate of a lab counts, as known at the end of a day.
  const stepsOfLab = data.labs.map(() => []);
  for (const step of data.steps) stepsOfLab[step[LAB]].push(step);
  function spansOf(lab, column, known, rules) {
    const changes = new Map();
    for (const step of stepsOfLab[lab]) {
      if (step[RULES] === rules && step[KNOWN] <= known) changes.set(step[ON], (changes.get(step[ON]) ?? 0) + step[column]);
    }
    const spans = [];
    let count = 0;
    for (const day of [...changes.keys()].sort((a, b) => a - b)) {
      const before = count;
      count += changes.get(day);
      if (!before && count) spans.push([day, Infinity]);
      if (before && !count) spans[spans.length - 1][1] = day;
    }
    return spans;
  }

  const LANES = [[CMA, "cma", 3], [CATL, "catl", 13]];
  function showBars(within) {
    const rules = ruleOf(now.day, now.known)?.[2];
    const { axis, span } = byId("bars").dataset;
    const place = (day) => Math.min(1000, Math.max(0, (1000 * (day - axis)) / span));
    for (const picture of within.querySelectorAll("svg[data-lab]")) {
      const group = picture.querySelector("g");
      group.replaceChildren();
      for (const [column, kind, top] of LANES) {
        for (const [first, until] of spansOf(+picture.dataset.lab, column, now.known, rules)) {
          const bar = document.createElementNS(group.namespaceURI, "rect");
          const sides = { class: kind, x: place(first), y: top, width: place(until) - place(first), height: 8 };
          for (const [name, value] of Object.entries(sides)) bar.setAttribute(name, value);
          group.append(bar);
        }
      }
    }
  }

  // What changed: the figures before and after, certificates gained and lost, and what was recorded late.
  function element(name, ...inside) {
    const made = document.createElement(name);
    made.append(...inside);
    return made;
  }
  function named(text) {
    return element("bdi", text);
  }
  function tableOf(title, headers, rows) {
    const heading = element("h3", title);
    if (!rows.length) return [heading, element("p", words.none)];
    const head = element("tr", ...headers.map((header) => Object.assign(element("th", header), { scope: "col" })));
    const lines = rows.map(([name, ...cells]) =>
      element("tr", Object.assign(element("th", name), { scope: "row" }), ...cells.map((cell) => element("td", cell))));
    const caption = Object.assign(element("caption", title), { className: "unseen" });
    const frame = element("div", element("table", caption, element("thead", head), element("tbody", ...lines)));
    Object.assign(frame, { className: "frame", tabIndex: 0 });
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", title);
    return [heading, frame];
  }
  const cityName = (row) => row.querySelector("bdi").textContent;

  function compared(since, known) {
    const before = figuresOf(since, known), after = figuresOf(now.day, now.known);
    const said = (figures, unit) => (figures ? `${figures.of(unit).dual}/${figures.of(unit).labs} (${percentOf(figures.of(unit))})` : "—");
    const change = (unit) => (before && after ? after.of(unit).dual - before.of(unit).dual : 0);
    const signed = (n) => (n > 0 ? `+${n}` : String(n).replace("-", "−"));
    const units = [["all", words.all], ...all("#ranked tbody tr").map((row) => [row.dataset.city, cityName(row)])];
    const rows = units.map(([unit, name]) => [named(name), said(before, unit), said(after, unit), signed(change(unit))]);
    const headers = [words.unit, filled(words.before, { day: dayOf(since) }),
      filled(words.after, { day: dayOf(now.day), known: knownOf(now.known) }), words.change];
    return tableOf(words.figures, headers, rows);
  }

  function movements(since) {
    const gained = [], lost = [];
    const rules = ruleOf(now.day, now.known)?.[2];
    data.labs.forEach(([, name], lab) => {
      for (const [column] of LANES) {
        const scheme = column === CMA ? words.CMA : words.CATL;
        for (const [first, until] of spansOf(lab, column, now.known, rules)) {
          if (since < first && first <= now.day) gained.push([first, name, scheme]);
          if (since < until && until <= now.day) lost.push([until, name, scheme]);
        }
      }
    });
    const rows = (found) => found.sort((a, b) => a[0] - b[0]).map(([day, name, scheme]) => [named(name), scheme, dayOf(day)]);
    const headers = [words.lab, words.what, words.from];
    return [...tableOf(words.gained, headers, rows(gained)), ...tableOf(words.lost, headers, rows(lost))];
  }

  function recordedLate(since, known) {
    const rules = ruleOf(now.day, now.known)?.[2];
    const rows = [];
    for (const step of data.steps) {
      if (step[RULES] !== rules || step[KNOWN] <= known || step[KNOWN] > now.known || step[ON] > since) continue;
      for (const [column, name] of [[LABS, words.labs], [CMA, words.CMA], [CATL, words.CATL]]) {
        if (!step[column]) continue;
        const what = `${name} ${step[column] > 0 ? words.adds : words.takes}`;
        rows.push([step[KNOWN], [named(data.labs[step[LAB]][1]), what, dayOf(step[ON]), knownOf(step[KNOWN])]]);
      }
    }
    rows.sort((a, b) => a[0] - b[0]);
    return tableOf(words.late, [words.lab, words.what, words.from, words.entered], rows.map(([, cells]) => cells));
  }

  function showChanges() {
    const picked = byId("since").value;
    const since = between(data.first, picked);
    if (!picked || Number.isNaN(since)) return;
    const known = since + ahead;
    byId("changed").replaceChildren(...compared(since, known), ...movements(since), ...recordedLate(since, known));
  }

  function announce(figures) {
    const values = { day: dayOf(now.day), known: knownOf(now.known), met: shown(figures, "all", "met") };
    for (const what of ["labs", "dual", "percent"]) values[what] = shown(figures, "all", what);
    byId("said").textContent = filled(words.said, values);
  }

  // The lists are long, so they are made where somebody looks at them.
  let changesSeen = false;
  new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting && !changesSeen) showChanges();
    changesSeen = entry.isIntersecting;
  }).observe(byId("changes"));

  let knownShown = now.known, rulesShown = ruleOf(now.day, now.known)?.[2];
  function show() {
    const figures = figuresOf(now.day, now.known);
    const rules = ruleOf(now.day, now.known)?.[2];
    showFigures(figures);
    rankCities(figures);
    showDay();
    if (knownShown !== now.known || rulesShown !== rules) {
      showTrend();
      all("#bars details[open]").forEach(showBars);
    }
    [knownShown, rulesShown] = [now.known, rules];
    const moved = now.day !== data.asOf || now.known !== data.known;
    document.body.classList.toggle("moved", moved);
    byId("back").disabled = !moved;
    if (changesSeen) showChanges();
    announce(figures);
  }

  const sliders = { "as-of": ["day", dayOf], "known-at": ["known", knownOf] };
  function settle() {
    for (const [id, [clock, said]] of Object.entries(sliders)) {
      byId(id).value = now[clock];
      byId(`${id}-day`).textContent = said(now[clock]);
      byId(id).setAttribute("aria-valuetext", said(now[clock]));
    }
    show();
  }
  for (const [id, [clock]] of Object.entries(sliders)) {
    byId(id).addEventListener("input", (event) => {
      now[clock] = +event.target.value;
      settle();
    });
  }
  byId("back").addEventListener("click", () => {
    Object.assign(now, { day: data.asOf, known: data.known });
    settle();
    byId("as-of").focus();
  });
  byId("since").addEventListener("change", showChanges);

  function openTile(chosen) {
    for (const tile of all("[data-tile]")) {
      const open = tile === chosen;
      tile.setAttribute("aria-expanded", open);
      byId(tile.getAttribute("aria-controls")).hidden = !open;
    }
  }
  const tiles = all("[data-tile]");
  tiles.forEach((tile) => tile.addEventListener("click", () => openTile(tile)));
  all("#bars details").forEach((part) => part.addEventListener("toggle", () => part.open && showBars(part)));

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((part) => { part.open = false; }));

  byId("sliders").hidden = false;
  byId("changes-live").hidden = false;
  byId("changes-still").hidden = true;
  if (tiles.length) openTile(tiles[0]);
})();
