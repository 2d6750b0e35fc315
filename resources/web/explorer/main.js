// The page: controls, and what follows a choice.

class Explorer {
  constructor(run) {
    this.run = run;
    this.view = new View(run);
    this.view.restore(location.hash);
    this.scales = new Map();
    const by = (id) => document.getElementById(id);
    this.by = by;
    this.sides = [...document.querySelectorAll(".side")].map((section, index) => new Side(section, this, index));
    this.panel = new UnitPanel(by("unit"), run, (label) => this.chooseLabelOf(this.panel.profiled, label));
    const choose = (entry) => this.chooseMeasure(entry.measure, entry.label);
    this.labels = new Gallery(by("labels"), (view) => `${view.measured.title}, layer ${view.layers[0]}: every ${view.measured.over || "label"}`, choose);
    this.measures = new Gallery(by("measures"), (view) => `Every measure, layer ${view.layers[0]}`, choose);
    this.search = new Search(by("query"), by("hits"), run, this.view, (hit) => this.go(hit));
    this.#controls();
    dark.addEventListener("change", () => {
      this.scales.clear();
      this.refresh();
    });
    window.addEventListener("hashchange", () => {
      if (location.hash === this.view.address) return;
      this.view.restore(location.hash);
      this.choice = this.view.choice;
      this.refresh();
    });
  }

  #controls() {
    const { by, run, view } = this;
    by("lede").textContent = `${run.corpus}: ${run.trainings.length} trainings, ${run.measures.length} measures of units. Point at a unit, or choose a phone to see where it lies.`;
    const grouped = d3.groups(run.measures.map((measure, index) => ({ measure, index })), ({ measure }) => measure.table);
    d3.select(by("measure")).selectAll("optgroup").data(grouped).join("optgroup").attr("label", ([table]) => table.replaceAll("_", " "))
      .selectAll("option").data(([, own]) => own).join("option").attr("value", ({ index }) => index).text(({ measure }) => measure.title);
    by("measure").addEventListener("change", (event) => this.chooseMeasure(Number(event.target.value)));
    by("label").addEventListener("change", (event) => this.chooseMeasure(view.measure, event.target.value));
    by("previous").addEventListener("click", () => this.step(-1));
    by("next").addEventListener("click", () => this.step(1));
    by("scale").addEventListener("change", (event) => this.#set({ scale: event.target.value }));
    by("outlines").addEventListener("change", (event) => this.#set({ outlines: event.target.checked }));
    by("copy").addEventListener("click", () => this.copyLink());
    by("save").addEventListener("click", () => download(drawingOf(this), `${["map", view.measured.title, view.label, "layer", view.layers[0]].filter(Boolean).join("_").replace(/[^\w′]+/g, "_")}.svg`));
    by("table").addEventListener("toggle", () => this.#drawTable());
    const numbers = [...new Set(run.trainings.flatMap(({ layers }) => layers.map(({ number }) => number)))].sort((one, other) => one - other);
    const choices = d3.select(by("layers")).selectAll("label").data(numbers).join("label");
    choices.append("input").attr("type", "radio").attr("name", "layer").attr("value", (number) => number).on("change", (_, number) => this.chooseLayer(number));
    choices.append("span").text((number) => number);
    const left = Object.entries(run.left_out);
    by("left").textContent = left.length ? `Left out for the size of the page: ${left.map(([name, count]) => `${name} (${count})`).join(", ")}.` : "";
  }

  #set(changes) {
    Object.assign(this.view, changes);
    this.refresh();
  }

  // Choices

  chooseMeasure(index, label = this.view.label) {
    this.view.setMeasure(index, label);
    this.refresh();
  }

  chooseLabelOf(measure, label) {
    this.chooseMeasure(this.view.measured.labels.includes(label) ? this.view.measure : measure, label);
  }

  step(by) {
    const { labels } = this.view.measured;
    const index = (labels.indexOf(this.view.label) + by + labels.length) % labels.length;
    this.view.setLabel(labels[index]);
    this.refresh({ step: true });
  }

  chooseLayer(number, side = 0) {
    const { view, run } = this;
    if (run.layer(view.sides[side], number)) view.layers[side] = number;
    view.setLayer(number);
    this.#clampUnit();
    this.refresh();
  }

  chooseSide(side, training) {
    const { view } = this;
    if (training < 0) {
      view.sides.length = 1;
      view.layers.length = 1;
      if (view.unit?.side === 1) view.unit = null;
    } else view.setSide(side, training);
    this.#clampUnit();
    this.refresh();
  }

  // A unit beyond the grid of another layer is held no longer.
  #clampUnit() {
    const { unit } = this.view;
    if (!unit) return;
    const layer = this.view.layerOf(unit.side);
    if (unit.row >= layer.rows || unit.column >= layer.columns) this.view.unit = { ...unit, row: Math.min(unit.row, layer.rows - 1), column: Math.min(unit.column, layer.columns - 1) };
  }

  go(hit) {
    const { run, view } = this;
    if (hit.unit === undefined) return this.chooseMeasure(hit.measure, hit.label);
    view.setLayer(hit.layer);
    const { columns } = view.layerOf(0);
    const index = run.indexOf(view.sides[0], hit.layer, hit.unit);
    view.unit = { side: 0, row: Math.floor(index / columns), column: index % columns };
    this.refresh();
    return this.sides[0].stage.focus();
  }

  // Pointer and keys

  hover(position) {
    if (position && this.pointed && position.side === this.pointed.side && position.row === this.pointed.row && position.column === this.pointed.column) return;
    this.pointed = position;
    if (!this.waiting) this.waiting = requestAnimationFrame(() => this.follow());
  }

  // The unit that is shown: that below the pointer, else the one that is kept, else the strongest, so that nothing is empty.
  get unit() {
    return this.pointed ?? this.view.unit ?? this.strongest;
  }

  follow() {
    this.waiting = 0;
    const { unit } = this;
    for (const [side, one] of this.sides.entries()) one.mark(unit && side in this.view.sides ? this.view.positionOn(side, unit) : null);
    this.panel.show(unit, this.#why(unit));
    clearTimeout(this.speaking);
    if (unit && (unit !== this.strongest || document.activeElement.classList.contains("stage"))) this.speaking = setTimeout(() => {
      this.by("live").textContent = this.panel.spoken(unit);
    }, 150);
  }

  #why(unit) {
    if (!unit) return "No unit has a value in this map. Point at a unit to see its other measures.";
    if (this.#isKept(unit)) return "Kept. Click it again, or press Escape, to let it go.";
    if (unit === this.strongest) return `Largest ${unit.by} of ${this.run.name(this.view.sides[unit.side])}. Point at another unit to see it.`;
    return "Click to keep this unit.";
  }

  #isKept(position) {
    const { unit } = this.view;
    return unit !== null && ["side", "row", "column"].every((part) => unit[part] === position[part]);
  }

  toggle(position) {
    this.hold(this.#isKept(position) ? null : position);
  }

  hold(position) {
    this.view.unit = position;
    this.follow();
    this.#address();
  }

  press(event, side) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view } = this;
    const layer = view.layerOf(side);
    const from = view.unit ?? this.strongest;
    const unit = from ? view.positionOn(side, from) : { side, row: 0, column: 0 };
    const moves = {
      ArrowLeft: { column: unit.column - 1 }, ArrowRight: { column: unit.column + 1 }, ArrowUp: { row: unit.row - 1 }, ArrowDown: { row: unit.row + 1 },
      Home: { column: 0 }, End: { column: layer.columns - 1 },
    };
    const acts = { PageUp: () => this.#stepLayer(side, -1), PageDown: () => this.#stepLayer(side, 1), ",": () => this.step(-1), ".": () => this.step(1), Escape: () => this.hold(null) };
    if (event.key in moves) {
      const to = { ...unit, ...moves[event.key] };
      const within = (at, count) => (layer.torus ? (at + count) % count : Math.min(count - 1, Math.max(0, at)));
      this.pointed = null;
      this.hold({ side, row: within(to.row, layer.rows), column: within(to.column, layer.columns) });
    } else if (event.key in acts) acts[event.key]();
    else return;
    event.preventDefault();
  }

  #stepLayer(side, by) {
    const { layers } = this.run.trainings[this.view.sides[side]];
    const next = layers[layers.findIndex(({ number }) => number === this.view.layers[side]) + by];
    if (next) this.chooseLayer(next.number, side);
  }

  // Scales, each made once

  scaleFor(measure, pairs) {
    const key = [measure, ...pairs.flat(), dark.matches].join(" ");
    if (!this.scales.has(key)) {
      const { kind, categories } = this.run.measures[measure];
      const arrays = () => pairs.map(([training, number]) => this.run.layerValues(training, measure, number)).filter(Boolean);
      const made = { number: () => numberScale(arrays()), boolean: truthScale, category: () => categoryScale(this.run, categories) };
      this.scales.set(key, made[kind]());
    }
    return this.scales.get(key);
  }

  #everyLayer() {
    return this.view.sides.flatMap((training) => this.run.trainings[training].layers.map(({ number }) => [training, number]));
  }

  // Of the large map of a side: the layers of both maps have one scale.
  scaleOf(side, measure = this.view.measure) {
    const { view } = this;
    const pairs = view.scale === "all" ? this.#everyLayer() : view.sides.map((training, n) => [training, view.layers[n]]);
    return this.scaleFor(measure, pairs);
  }

  scaleOfLayer(training, number) {
    const { view, run } = this;
    if (view.scale === "all") return this.scaleOf(0);
    if (view.sides.some((one, side) => one === training && view.layers[side] === number)) return this.scaleOf(0);
    return this.scaleFor(view.measure, view.sides.filter((one) => run.layer(one, number)).map((one) => [one, number]));
  }

  // Drawing

  async refresh({ step = false } = {}) {
    const { run, view } = this;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const needed = [view.measure, 0, ...run.outlining];
    await Promise.all(view.sides.flatMap((training) => needed.map((measure) => run.load(training, measure))));
    if (turn !== this.turn) return;
    this.#drawControls();
    for (const side of this.sides) side.draw();
    document.getElementById("maps").classList.toggle("single", view.sides.length === 1);
    this.#drawLegend();
    this.labels.draw(run, view, view.measured.labels.length > 1 ? labelEntries(run, view) : [], (_, side) => this.scaleOf(side));
    this.#drawTable();
    this.strongest = view.strongest;
    this.#drawUnit();
    this.#address(step);
    document.body.dataset.readyMs ??= Math.round(performance.now());
    this.#drawRest(turn);
  }

  // What the first look does not need.
  async #drawRest(turn) {
    const { run, view } = this;
    for (const training of view.sides) await run.loadUnits(training);
    if (turn !== this.turn) return;
    this.#drawUnit();
    await Promise.all(view.sides.flatMap((training) => run.measures.map((_, measure) => run.load(training, measure))));
    if (turn !== this.turn) return;
    this.#drawUnit();
    this.measures.draw(run, view, measureEntries(run, view), (entry, side) => this.scaleOf(side, entry.measure));
    document.body.dataset.turn = turn;
  }

  #drawUnit() {
    this.panel.frame(this.view, (side) => this.scaleOf(side));
    this.follow();
  }

  #drawControls() {
    const { by, run, view } = this;
    const { measured } = view;
    by("measure").value = view.measure;
    by("labelled").hidden = measured.labels.length < 2;
    by("over").textContent = measured.over || "Label";
    const grouped = d3.groups(measured.labels, (label) => run.phoneOf.get(label)?.manner ?? "");
    const select = d3.select(by("label"));
    select.selectAll("*").remove();
    for (const [manner, labels] of grouped) {
      const parent = manner ? select.append("optgroup").attr("label", manner) : select;
      parent.selectAll(null).data(labels).join("option").attr("value", (label) => label)
        .text((label) => (run.phoneOf.get(label)?.ipa ? `${label}  [${run.phoneOf.get(label).ipa}]` : label));
    }
    by("label").value = view.label;
    const [first, ...others] = measured.meaning.split(/(?<=[.;]) /);
    by("meaning").querySelector("summary").textContent = others.length ? first.replace(/[;.]$/, " …") : first;
    by("meaning").querySelector("p").textContent = others.join(" ");
    by("meaning").hidden = !first;
    by("meaning").classList.toggle("short", !others.length);
    by("scale").value = view.scale;
    by("outlines").checked = view.outlines;
    for (const input of by("layers").querySelectorAll("input")) {
      input.checked = Number(input.value) === view.layers[0];
      input.disabled = !view.sides.some((training) => run.layer(training, Number(input.value)));
    }
  }

  #drawLegend() {
    const { run, view } = this;
    const maps = view.sides.map((training, side) => run.map(training, view.measure, view.label, view.layers[side]));
    const missing = maps.some((values) => !values || values.some((value) => !Number.isFinite(value)));
    const outlined = view.outlines && view.sides.some((training, side) => run.responsive(training, view.measure, view.label, view.layers[side])?.includes(1));
    drawLegend(this.by("legend"), view, this.scaleOf(0), { outlined, missing });
  }

  #drawTable() {
    const details = this.by("table");
    if (details.open) fillTable(details.querySelector("div"), this.run, this.view);
  }

  // A choice is an entry of the history, so that "back" undoes it; labels stepped through, and units, are none of their own.
  #address(step = false) {
    const { address, choice } = this.view;
    const same = this.choice === undefined || this.choice === choice || (step && this.stepping);
    this.stepping = step;
    this.choice = choice;
    try {
      history[same ? "replaceState" : "pushState"](null, "", address);
    } catch {
      location.hash = address; // where a page may not rewrite its address, as within another page
    }
  }

  async copyLink() {
    const link = location.href;
    let said = "The link is in the address of this page.";
    try {
      await navigator.clipboard.writeText(link);
      said = "Link copied.";
    } catch {
      // a page that is opened from disk may not reach the clipboard in every browser
    }
    this.by("live").textContent = said;
    this.by("copy").textContent = said === "Link copied." ? "Copied" : "See address";
    setTimeout(() => {
      this.by("copy").textContent = "Copy link";
    }, 1500);
  }
}

async function begin() {
  const trouble = document.getElementById("trouble");
  if (!("DecompressionStream" in window)) {
    trouble.hidden = false;
    trouble.textContent = "This page needs a browser of 2023 or later.";
    return;
  }
  const run = new Run(JSON.parse(document.getElementById("about").textContent));
  if (!run.measures.length) {
    trouble.hidden = false;
    trouble.textContent = "There is no measure of units in this run.";
    return;
  }
  window.explorer = new Explorer(run);
  await window.explorer.refresh();
}

begin();
