// The page: controls, two sides with their maps, and what follows a choice.

class Side {
  constructor(section, page, index) {
    Object.assign(this, { section, page, index, strip: [] });
    section.innerHTML = `
      <label class="training"><span class="unseen">${index ? "Right" : "Left"} map</span><select></select></label>
      <div class="stage" tabindex="0" role="application" aria-roledescription="map of units" aria-describedby="keys"></div>
      <p class="nothing" hidden></p>
      <div class="strip" role="group" aria-label="Layers"></div>`;
    this.select = section.querySelector("select");
    this.stage = section.querySelector(".stage");
    this.nothing = section.querySelector(".nothing");
    this.layers = section.querySelector(".strip");
    this.map = new UnitMap(this.stage, { lettered: true });
    this.select.addEventListener("change", () => page.chooseSide(index, Number(this.select.value)));
    this.stage.addEventListener("pointermove", (event) => page.hover(this.#placed(event)));
    this.stage.addEventListener("pointerleave", () => page.hover(null));
    this.stage.addEventListener("click", (event) => page.hold(this.#placed(event)));
    this.stage.addEventListener("focus", () => page.hold(page.view.unit?.side === index ? page.view.unit : this.#begin()));
    this.stage.addEventListener("keydown", (event) => page.press(event, index));
  }

  #placed(event) {
    return { side: this.index, ...this.map.placeAt(event) };
  }

  #begin() {
    const { view } = this.page;
    return view.unit ? view.placeOn(this.index, view.unit) : { side: this.index, row: 0, column: 0 };
  }

  draw() {
    const { run, view } = this.page;
    this.section.hidden = !(this.index in view.sides);
    if (this.section.hidden) return;
    const training = view.sides[this.index];
    const layer = view.layerOf(this.index);
    d3.select(this.select).selectAll("option").data(this.#options()).join("option").attr("value", ([value]) => value).text(([, text]) => text);
    this.select.value = training;
    const values = run.map(training, view.measure, view.label, layer.number);
    const scale = this.page.scaleOf(this.index);
    const outline = view.outlines ? run.responsive(training, view.measure, view.label, layer.number) : null;
    this.map.draw(layer, values, scale, { outline, letters: scale.lettered ? view.measured.categories : null });
    this.stage.setAttribute("aria-label", `${run.name(training)}, layer ${layer.number}, ${layer.rows} × ${layer.columns} units: ${[view.measured.title, view.label].filter(Boolean).join(" ")}`);
    const missing = !values || !values.some(Number.isFinite);
    this.nothing.hidden = !missing;
    this.nothing.textContent = values ? "No unit has a value here: too few tokens or speakers, or units that never respond." : "This was not measured here.";
    this.#drawStrip(training, layer);
  }

  // No second training: the last entry of the right side.
  #options() {
    const { run } = this.page;
    const all = run.trainings.map((_, index) => [index, run.name(index)]);
    return this.index ? [...all, [-1, "nothing beside it"]] : all;
  }

  #drawStrip(training, chosen) {
    const { run, view } = this.page;
    const { layers } = run.trainings[training];
    while (this.strip.length < layers.length) this.strip.push(this.#newLayer());
    this.strip.forEach(({ button, map, name, field }, n) => {
      button.hidden = n >= layers.length;
      if (button.hidden) return;
      const layer = layers[n];
      button.value = layer.number;
      button.setAttribute("aria-pressed", String(layer === chosen));
      button.setAttribute("aria-label", `Layer ${layer.number}${layer.field_ms ? `, ${layer.field_ms} ms of speech` : ""}`);
      const values = run.map(training, view.measure, view.label, layer.number);
      const outline = view.outlines ? run.responsive(training, view.measure, view.label, layer.number) : null;
      const scale = this.page.scaleOfLayer(training, layer.number);
      map.draw(layer, values, scale, { outline });
      const inside = outline ? outline.reduce((sum, one) => sum + (one === 1), 0) : null;
      name.textContent = `Layer ${layer.number}`;
      field.textContent = [scale.kind === "number" && (scale.diverges ? `±${shown(scale.domain[1])}` : `${shown(scale.domain[0])} to ${shown(scale.domain[1])}`), inside !== null && `${inside} respond`].filter(Boolean).join(" · ");
    });
  }

  #newLayer() {
    const button = this.layers.appendChild(document.createElement("button"));
    button.type = "button";
    button.addEventListener("click", () => this.page.chooseLayer(Number(button.value), this.index));
    const map = new UnitMap(button);
    const name = button.appendChild(document.createElement("span"));
    const field = button.appendChild(document.createElement("small"));
    return { button, map, name, field };
  }

  mark(place) {
    this.map.mark(place);
    const { view } = this.page;
    if (!(this.index in view.sides)) return;
    const number = view.layers[this.index];
    for (const { button, map } of this.strip) if (!button.hidden) map.mark(Number(button.value) === number ? place : null);
  }
}

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
    by("save").addEventListener("click", () => download(this.drawing(), `${["map", view.measured.title, view.label, "layer", view.layers[0]].filter(Boolean).join("_").replace(/[^\w′]+/g, "_")}.svg`));
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
    this.chooseMeasure(this.view.measure, labels[index]);
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
    const position = run.positionOf(view.sides[0], hit.layer, hit.unit);
    view.unit = { side: 0, row: Math.floor(position / columns), column: position % columns };
    this.refresh();
    return this.sides[0].stage.focus();
  }

  // Pointer and keys

  hover(place) {
    if (place && this.pointed && place.side === this.pointed.side && place.row === this.pointed.row && place.column === this.pointed.column) return;
    this.pointed = place;
    if (!this.waiting) this.waiting = requestAnimationFrame(() => this.#follow());
  }

  #follow() {
    this.waiting = 0;
    const unit = this.pointed ?? this.view.unit;
    for (const [side, one] of this.sides.entries()) one.mark(unit && side in this.view.sides ? this.view.placeOn(side, unit) : null);
    if (!unit) return;
    this.panel.show(unit);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      this.by("live").textContent = this.panel.spoken(unit);
    }, 150);
  }

  hold(place) {
    this.view.unit = place;
    this.#follow();
    this.#address();
  }

  press(event, side) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view } = this;
    const layer = view.layerOf(side);
    const unit = view.unit ? view.placeOn(side, view.unit) : { side, row: 0, column: 0 };
    const moves = {
      ArrowLeft: { column: unit.column - 1 }, ArrowRight: { column: unit.column + 1 }, ArrowUp: { row: unit.row - 1 }, ArrowDown: { row: unit.row + 1 },
      Home: { column: 0 }, End: { column: layer.columns - 1 },
    };
    const acts = { PageUp: () => this.#stepLayer(side, -1), PageDown: () => this.#stepLayer(side, 1), ",": () => this.step(-1), ".": () => this.step(1) };
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

  async refresh() {
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
    this.#drawUnit();
    this.#address();
    document.body.dataset.drawn ??= Math.round(performance.now());
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
    this.#follow();
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

  #address() {
    try {
      history.replaceState(null, "", this.view.address);
    } catch {
      location.hash = this.view.address; // where a page may not rewrite its address, as within another page
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

  drawing() {
    const { run, view } = this;
    this.pointed = null;
    this.#follow();
    const title = [view.measured.title, view.label].filter(Boolean).join(" ");
    const count = view.sides.length;
    const sheet = new Sheet(960);
    const wide = (960 - 40 - 20 * (count - 1)) / count;
    sheet.write(`${title}: ${run.corpus}`, 20, 28, { size: 18, weight: 600 });
    let lowest = 0;
    this.sides.slice(0, count).forEach((side, n) => {
      const x = 20 + n * (wide + 20);
      const layer = view.layerOf(n);
      const height = Math.min(wide, (wide * layer.rows) / layer.columns);
      sheet.write(`${run.name(view.sides[n])}, layer ${layer.number}`, x, 56);
      sheet.put(side.map.svg.node(), x, 66, wide, height);
      const strip = side.strip.filter(({ button }) => !button.hidden);
      const small = Math.min(80, (wide - 6 * (strip.length - 1)) / strip.length);
      strip.forEach(({ map, name, field }, index) => {
        const left = x + index * (small + 6);
        sheet.put(map.svg.node(), left, height + 86, small, small);
        sheet.write(name.textContent, left, height + 98 + small, { size: 10 });
        sheet.write(field.textContent, left, height + 110 + small, { size: 8, colour: css("--faint") });
      });
      lowest = Math.max(lowest, height + 120 + small);
    });
    const legend = this.by("legend");
    const bar = legend.querySelector("svg");
    sheet.write(legend.querySelector("figcaption").textContent, 20, lowest + 22, { size: 12 });
    if (bar) sheet.put(bar, 20, lowest + 30, 288, 34);
    const words = [...legend.querySelectorAll("li")];
    words.forEach((item, n) => {
      const x = 330 + (n % 5) * 122;
      const y = lowest + 44 + Math.floor(n / 5) * 18;
      const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const style = getComputedStyle(item.querySelector("i"));
      const drawn = { x, y: y - 10, width: 12, height: 12, fill: style.backgroundColor, stroke: style.borderTopColor };
      Object.entries(drawn).forEach(([name, value]) => mark.setAttribute(name, value));
      sheet.svg.append(mark);
      sheet.write(item.textContent, x + 18, y, { size: 11 });
    });
    lowest += 84 + 18 * Math.floor(Math.max(0, words.length - 1) / 5);
    if (view.unit) lowest = this.#drawnUnit(sheet, lowest);
    return sheet.finished(lowest, `${title}: ${view.sides.map((training) => run.name(training)).join(", ")}`);
  }

  // The charts of the unit that is held, below the maps.
  #drawnUnit(sheet, top) {
    const { panel } = this;
    sheet.write(panel.spoken(this.view.unit), 20, top, { size: 12 });
    sheet.put(panel.profile.svg.node(), 20, top + 30, 450, 147);
    sheet.write(panel.captions.profile.textContent, 20, top + 24, { size: 11 });
    if (!panel.parts.course.hidden) {
      sheet.put(panel.course.svg.node(), 490, top + 30, 450, 127);
      sheet.write(`Course around the onset of ${this.view.phone}, s.d. of the unit, by ms after onset`, 490, top + 24, { size: 11 });
    }
    return top + 190;
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
