// What is looked at, and how the address says it.

class View {
  constructor(run) {
    this.run = run;
    const control = run.trainings.findIndex(({ condition }) => run.controls.includes(condition));
    const first = control < 0 ? 0 : control;
    const other = run.trainings.findIndex(({ condition }) => condition !== run.trainings[first].condition);
    const second = other >= 0 ? other : run.trainings.length > 1 ? (first + 1) % run.trainings.length : -1;
    this.sides = second >= 0 ? [first, second] : [first];
    this.layers = this.sides.map((training) => run.trainings[training].layers[0].number);
    this.measure = 0;
    this.phone = run.begin || run.phones[0].label;
    this.label = run.measures[0]?.labels.includes(this.phone) ? this.phone : run.measures[0]?.labels[0];
    this.scale = "layer";
    this.outlines = true;
    this.unit = null; // side, row and column of the unit that is held
  }

  get measured() {
    return this.run.measures[this.measure];
  }

  setMeasure(index, label = this.label) {
    this.measure = index;
    const { labels } = this.measured;
    this.setLabel([label, this.phone, labels[0]].find((one) => labels.includes(one)));
  }

  setLabel(label) {
    this.label = label;
    if (this.run.phoneOf.has(label)) this.phone = label;
  }

  // Another training on a side keeps the layer, where it has one of that number.
  setSide(side, training) {
    this.sides[side] = training;
    if (!this.run.layer(training, this.layers[side])) this.layers[side] = this.run.trainings[training].layers[0].number;
  }

  // Both sides go to the layer, as far as they have one of that number.
  setLayer(number) {
    this.sides.forEach((training, side) => {
      if (this.run.layer(training, number)) this.layers[side] = number;
    });
  }

  layerOf(side) {
    return this.run.layer(this.sides[side], this.layers[side]);
  }

  // The same position of another grid.
  positionOn(side, unit) {
    const here = this.layerOf(unit.side);
    const there = this.layerOf(side);
    const scaled = (at, from, to) => (from === to ? at : Math.min(to - 1, Math.floor(((at + 0.5) / from) * to)));
    return { side, row: scaled(unit.row, here.rows, there.rows), column: scaled(unit.column, here.columns, there.columns) };
  }

  // The unit of the largest value, of the right map if it has values: by d′ where values are no numbers.
  get strongest() {
    const { run, phone } = this;
    const [measure, label] = this.measured.kind === "number" ? [this.measure, this.label] : [0, phone];
    for (let side = this.sides.length - 1; side >= 0; side -= 1) {
      const layer = this.layerOf(side);
      const values = run.map(this.sides[side], measure, label, layer.number);
      const index = values ? d3.maxIndex(values) : -1;
      if (index >= 0) return { side, row: Math.floor(index / layer.columns), column: index % layer.columns, by: titled(run.measures[measure], label) };
    }
    return null;
  }

  get address() {
    const unit = this.unit ? [["unit", [this.unit.side, this.unit.row, this.unit.column].join(",")]] : [];
    return `#${new URLSearchParams([...this.#chosen(), ...unit])}`;
  }

  // The address without the unit: what is chosen, not what is looked at in it.
  get choice() {
    return `#${this.#chosen()}`;
  }

  #chosen() {
    const named = (side) => (side in this.sides ? `${this.run.trainings[this.sides[side]].condition}:${this.run.trainings[this.sides[side]].seed}` : "");
    const parts = { measure: this.measured.id, label: this.label, a: named(0), b: named(1), layer: this.layers.join(",") };
    if (this.scale !== "layer") parts.scale = this.scale;
    if (!this.outlines) parts.outlines = "no";
    return new URLSearchParams(parts);
  }

  // Takes what the address says, as far as this run has it.
  restore(address) {
    const parts = new URLSearchParams(address.replace(/^#/, ""));
    const training = (name) =>
      this.run.trainings.findIndex(({ condition, seed }) => `${condition}:${seed}` === parts.get(name));
    if (training("a") >= 0) this.setSide(0, training("a"));
    if (training("b") >= 0) this.setSide(1, training("b"));
    else if (parts.has("b")) this.sides.length = 1;
    this.layers.length = this.sides.length;
    const numbers = (parts.get("layer") ?? "").split(",").map(Number);
    this.sides.forEach((training, side) => {
      const number = numbers[side] ?? numbers[0];
      if (this.run.layer(training, number)) this.layers[side] = number;
    });
    this.sides.forEach((one, side) => {
      if (!this.run.layer(one, this.layers[side])) this.layers[side] = this.run.trainings[one].layers[0].number;
    });
    const measure = this.run.measures.findIndex(({ id }) => id === parts.get("measure"));
    this.setMeasure(measure >= 0 ? measure : this.measure, parts.get("label") ?? this.label);
    this.scale = parts.get("scale") === "all" ? "all" : "layer";
    this.outlines = parts.get("outlines") !== "no";
    this.unit = this.#unitOf(parts.get("unit"));
  }

  #unitOf(text) {
    const [side, row, column] = (text ?? "").split(",").map((part) => (part ? Number(part) : NaN));
    const layer = side in this.sides ? this.layerOf(side) : null;
    return layer && row >= 0 && row < layer.rows && column >= 0 && column < layer.columns ? { side, row, column } : null;
  }
}
