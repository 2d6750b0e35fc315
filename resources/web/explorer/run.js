// The run that the page is about: its trainings, their layers, and measures of their units.

class Run {
  constructor(about) {
    Object.assign(this, about);
    this.phoneOf = new Map(about.phones.map((phone) => [phone.label, phone]));
    this.mapsOf = new Map(about.maps.map((entry) => [`${entry.training} ${entry.measure}`, entry]));
    this.coursesOf = new Map(about.courses.map((entry) => [`${entry.training} ${entry.layer}`, entry]));
    this.filtersOf = new Map(about.filters.map((entry) => [`${entry.training} ${entry.layer}`, entry]));
    this.read = new Map(); // arrays by the number of their text
    for (const training of this.trainings) {
      let start = 0;
      for (const layer of training.layers) {
        layer.count = layer.rows * layer.columns;
        layer.start = start; // units of the layers before
        start += layer.count;
      }
    }
    this.outlining = this.measures.map((_, index) => index).filter((index) => this.measures[index].outlines);
  }

  name(training) {
    const { condition, seed } = this.trainings[training];
    return `${condition}, seed ${seed}`;
  }

  layer(training, number) {
    return this.trainings[training].layers.find((layer) => layer.number === number);
  }

  async #load(entry) {
    if (entry && !this.read.has(entry.text)) this.read.set(entry.text, await unpacked(entry));
  }

  // Reads a measure of a training, so that `map` has it from then on.
  load(training, measure) {
    return this.#load(this.mapsOf.get(`${training} ${measure}`));
  }

  async loadUnits(training) {
    for (const kind of [this.coursesOf, this.filtersOf])
      for (const entry of kind.values()) if (entry.training === training) await this.#load(entry);
  }

  has(training, measure) {
    return this.mapsOf.has(`${training} ${measure}`);
  }

  // Values of all labels of a layer, label by label; null where there are none, or none yet.
  layerValues(training, measure, number) {
    const values = this.read.get(this.mapsOf.get(`${training} ${measure}`)?.text);
    const layer = this.layer(training, number);
    if (!values || !layer) return null;
    const labels = this.measures[measure].labels.length;
    return values.subarray(layer.start * labels, (layer.start + layer.count) * labels);
  }

  // Values by the index of the position; null where there are none.
  map(training, measure, label, number) {
    const values = this.layerValues(training, measure, number);
    const index = this.measures[measure].labels.indexOf(label);
    if (!values || index < 0) return null;
    const { count } = this.layer(training, number);
    return values.subarray(index * count, (index + 1) * count);
  }

  // Where units respond, for the labels of a measure: the truth values of its own table, else those of the phone.
  responsive(training, measure, label, number) {
    const own = this.outlining.filter((index) => this.measures[index].table === this.measures[measure].table);
    for (const index of [...own, ...this.outlining]) {
      const found = this.map(training, index, label, number);
      if (found && label) return found;
    }
    return null;
  }

  unitAt(training, number, index) {
    const { units } = this.layer(training, number);
    return units ? units[index] : index;
  }

  indexOf(training, number, unit) {
    const { units } = this.layer(training, number);
    return units ? units.indexOf(unit) : unit;
  }

  // Whether courses of a layer have been read.
  hasCourses(training, number) {
    return this.read.has(this.coursesOf.get(`${training} ${number}`)?.text);
  }

  course(training, number, phone, index) {
    const entry = this.coursesOf.get(`${training} ${number}`);
    const values = entry && this.read.get(entry.text);
    const phoneIndex = entry ? entry.phones.indexOf(phone) : -1;
    if (!values || phoneIndex < 0) return null;
    const lags = entry.lag_ms.length;
    const start = (index * entry.phones.length + phoneIndex) * lags;
    const largest = entry.largest[index] ?? 0;
    return entry.lag_ms.map((lag, n) => [lag, values[start + n] * largest]);
  }

  // Shares of its largest weight, as rows × columns, and what the largest is.
  filter(training, number, index) {
    const entry = this.filtersOf.get(`${training} ${number}`);
    const values = entry && this.read.get(entry.text);
    if (!values) return null;
    const size = entry.shape.reduce((product, length) => product * length, 1);
    const weights = values.subarray(index * size, (index + 1) * size);
    if (entry.shape.length > 1) return { rows: entry.shape[0], columns: entry.shape[1], weights, largest: entry.largest[index], of: "features" };
    const below = this.layer(training, number - 1);
    return { rows: below.rows, columns: below.columns, weights, largest: entry.largest[index], of: "below" };
  }
}
