// One of two maps beside each other, with its training and its layers.

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
    this.stage.addEventListener("pointermove", (event) => page.hover(this.#pointedAt(event)));
    this.stage.addEventListener("pointerleave", () => page.hover(null));
    this.stage.addEventListener("click", (event) => page.toggle(this.#pointedAt(event)));
    this.stage.addEventListener("focus", () => page.follow());
    this.stage.addEventListener("keydown", (event) => page.press(event, index));
  }

  #pointedAt(event) {
    return { side: this.index, ...this.map.positionAt(event) };
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
    this.stage.setAttribute("aria-label", `${run.name(training)}, layer ${layer.number}, ${layer.rows} × ${layer.columns} units: ${titled(view.measured, view.label)}`);
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
      field.textContent = [scale.kind === "number" && (scale.diverges ? `±${shown(scale.domain[1])}` : `${shown(scale.domain[0])} to ${shown(scale.domain[1])}`), inside !== null && `${inside} responsive`].filter(Boolean).join(" · ");
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

  mark(position) {
    this.map.mark(position);
    const { view } = this.page;
    if (!(this.index in view.sides)) return;
    const number = view.layers[this.index];
    for (const { button, map } of this.strip) if (!button.hidden) map.mark(Number(button.value) === number ? position : null);
  }
}
