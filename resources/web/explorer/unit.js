// Everything about one unit, on both sides.

const RESTING_MS = 40; // after which the pointer is taken to rest

class UnitPanel {
  constructor(section, run, chooseLabel) {
    this.run = run;
    section.innerHTML = `
      <h2 id="where"></h2>
      <p class="why"></p>
      <div class="numbers" tabindex="0" role="region" aria-label="Numbers of the unit"><table>
        <thead><tr><td></td><th scope="col"></th><th scope="col"></th></tr></thead><tbody></tbody></table></div>
      <figure class="profile"><figcaption></figcaption></figure>
      <figure class="course"><figcaption></figcaption></figure>
      <div class="pair"><figure class="filters"><figcaption></figcaption><div></div></figure>
        <figure class="near"><figcaption></figcaption><div></div></figure></div>`;
    this.section = section;
    const part = (name) => section.querySelector(name);
    this.title = part("#where");
    this.why = part(".why");
    this.heads = [...section.querySelectorAll("thead th")];
    this.body = part("tbody");
    this.profile = new Profile(part(".profile"), chooseLabel);
    this.course = new Course(part(".course"));
    this.captions = Object.fromEntries(["profile", "course", "filters", "near"].map((name) => [name, part(`.${name} figcaption`)]));
    const filters = part(".filters div");
    this.filters = [0, 1].map((side) => new Filter(filters, side));
    this.near = [0, 1].map(() => new Neighbours(part(".near div")));
    this.parts = { filters: part(".filters"), near: part(".near"), course: part(".course") };
  }

  // What stays while the unit changes.
  frame(view, scale) {
    this.view = view;
    this.scale = scale;
    const { run } = this;
    this.units = this.heads.map((head, side) => {
      head.textContent = side in view.sides ? run.name(view.sides[side]) : "";
      head.className = `side${side}`;
      return head.appendChild(document.createElement("small"));
    });
    this.profiled = view.measured.labels.length > 1 && view.measured.kind === "number" ? view.measure : 0;
    const measure = run.measures[this.profiled];
    const arrays = view.sides.map((training, side) => run.layerValues(training, this.profiled, view.layers[side])).filter(Boolean);
    this.profile.frame(measure.labels, extentOf(arrays), this.profiled === view.measure ? view.label : view.phone);
    this.captions.profile.textContent = `Profile: ${measure.title} for every ${measure.over || "label"}${measure.unit ? ` (${measure.unit})` : ""}`;
    this.captions.near.textContent = `Neighbours: ${titled(view.measured, view.label)} of adjacent units`;
    this.#frameCourse();
    this.#frameFilters();
    this.#frameNumbers();
  }

  #frameCourse() {
    const { run, view } = this;
    const entries = view.sides.map((training, side) => run.coursesOf.get(`${training} ${view.layers[side]}`)).filter(Boolean);
    this.parts.course.hidden = !entries.length;
    if (!entries.length) return;
    this.course.frame(entries.flatMap((entry) => entry.lag_ms));
    this.captions.course.textContent = `Course around the onset of ${view.phone}: response minus that to other phones (s.d. of the unit), by time after onset (ms)`;
  }

  #frameFilters() {
    const { run, view } = this;
    const found = view.sides.map((training, side) => run.filtersOf.get(`${training} ${view.layers[side]}`));
    this.parts.filters.hidden = !found.some(Boolean);
    const kinds = new Set(found.filter(Boolean).map((entry) => (entry.shape.length > 1 ? "features (the lowest at the bottom) over time (to the right)" : "units of the layer below, on their grid")));
    this.captions.filters.textContent = `Filter: weights of ${[...kinds].join("; ")}`;
    this.weights = { colour: numberScale([[-1, 1]]).colour };
  }

  // Measures that have the label, or none.
  #frameNumbers() {
    const { run, view } = this;
    const label = (measure, index) => [index === view.measure ? view.label : null, view.label, view.phone, ""].find((one) => one !== null && measure.labels.includes(one));
    this.rows = run.measures
      .map((measure, index) => ({ measure, index, label: label(measure, index) }))
      .filter((row) => row.label !== undefined && view.sides.some((training) => run.has(training, row.index)));
    this.rows.sort((one, other) => (other.index === view.measure) - (one.index === view.measure));
    const lines = d3.select(this.body).selectAll("tr").data(this.rows).join((enter) => {
      const line = enter.append("tr");
      line.append("th").attr("scope", "row");
      line.append("td");
      line.append("td");
      return line;
    });
    lines.classed("chosen", (row) => row.index === view.measure).attr("title", (row) => row.measure.meaning);
    lines.select("th").text((row) => titled(row.measure, row.label)).append("small").text((row) => row.measure.unit);
    this.cells = lines.nodes().map((line) => [...line.querySelectorAll("td")]);
  }

  // `unit` is a position on one side; nothing is slow here, since it follows the pointer.
  // `why` says why it is this one; without a unit there is nothing but that to show.
  show(unit, why) {
    const { run, view } = this;
    this.section.classList.toggle("empty", !unit);
    this.why.textContent = why;
    this.title.textContent = unit ? this.named(unit) : "No unit";
    if (!unit) return;
    const positions = view.sides.map((_, side) => view.positionOn(side, unit));
    const at = positions.map((position, side) => position.row * view.layerOf(side).columns + position.column);
    view.sides.forEach((training, side) => {
      this.units[side].textContent = `unit ${run.unitAt(training, view.layers[side], at[side])}`;
    });
    this.rows.forEach((row, n) => {
      for (let side = 0; side < 2; side += 1) {
        const values = side in view.sides ? run.map(view.sides[side], row.index, row.label, view.layers[side]) : null;
        this.cells[n][side].textContent = values ? worded(row.measure, values[at[side]]) : "";
      }
    });
    for (let side = 0; side < 2; side += 1) {
      const training = view.sides[side];
      const layer = training === undefined ? null : view.layerOf(side);
      this.profile.draw(side, layer && this.#profileOf(training, layer, at[side]));
      const near = this.near[side];
      near.svg.attr("display", layer ? null : "none");
      if (layer) near.draw(layer, positions[side], run.map(training, view.measure, view.label, layer.number), this.scale(side), view.measured);
    }
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#drawFilters(at), RESTING_MS);
    if (this.parts.course.hidden) return;
    const read = view.sides.some((training, side) => run.hasCourses(training, view.layers[side]));
    const largest = d3.max(view.sides, (training, side) => run.coursesOf.get(`${training} ${view.layers[side]}`)?.largest[at[side]]) || 1;
    this.course.draw(view.sides.map((training, side) => run.course(training, view.layers[side], view.phone, at[side])), largest, read ? `no course: too few tokens of ${view.phone}` : "");
  }

  // The slowest part to paint, of which nobody sees anything while the pointer moves.
  #drawFilters(at) {
    const { run, view } = this;
    this.filters.forEach((filter, side) => {
      const training = view.sides[side];
      filter.draw(training === undefined ? null : run.filter(training, view.layers[side], at[side]), this.weights);
    });
  }

  #profileOf(training, layer, index) {
    const values = this.run.layerValues(training, this.profiled, layer.number);
    return values && Float32Array.from(this.run.measures[this.profiled].labels, (_, n) => values[n * layer.count + index]);
  }

  named(unit) {
    const { view } = this;
    const layer = view.layerOf(unit.side);
    return `Layer ${layer.number}, row ${unit.row}, column ${unit.column}`;
  }

  // The unit in a sentence, for those who hear the page.
  spoken(unit) {
    const { run, view } = this;
    const sides = view.sides.map((training, side) => {
      const position = view.positionOn(side, unit);
      const layer = view.layerOf(side);
      const index = position.row * layer.columns + position.column;
      const values = run.map(training, view.measure, view.label, layer.number);
      const inside = run.responsive(training, view.measure, view.label, layer.number);
      const title = titled(view.measured, view.label);
      const number = `unit ${run.unitAt(training, layer.number, index)}`;
      return `${run.name(training)}, ${number}: ${title} ${values ? worded(view.measured, values[index]) : "not measured"}${inside?.[index] === 1 ? ", responsive" : ""}`;
    });
    return `${this.named(unit)}. ${sides.join(". ")}.`;
  }
}

function extentOf(arrays) {
  let low = Infinity;
  let high = -Infinity;
  for (const array of arrays)
    for (const value of array) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : [0, 1];
}
