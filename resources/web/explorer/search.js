// Search for a label, a measure or a unit: a list below a field, as the pattern of a combobox has it.

const MOST_HITS = 12;
const UNIT = /^(?:layer\s*)?(\d+)\s*[,:/\s]\s*(?:unit\s*)?(\d+)$/i;
const UNIT_HERE = /^(?:unit\s*)?(\d+)$/i;

class Search {
  constructor(field, list, run, view, go) {
    Object.assign(this, { field, list, run, view, go, hits: [], chosen: -1 });
    field.addEventListener("input", () => this.#find());
    field.addEventListener("focus", () => this.#find());
    field.addEventListener("blur", () => this.#close());
    field.addEventListener("keydown", (event) => this.#press(event));
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the focus until the choice is made
      const item = event.target.closest("li");
      if (item) this.#take(Number(item.dataset.n));
    });
  }

  #find() {
    const text = this.field.value.trim().toLowerCase();
    this.hits = text ? this.#hitsOf(text).slice(0, MOST_HITS) : [];
    this.chosen = this.hits.length ? 0 : -1;
    this.#show(text);
  }

  #hitsOf(text) {
    const { run, view } = this;
    const [, number, unit] = UNIT.exec(text) ?? [null, view.layers[0], UNIT_HERE.exec(text)?.[1]];
    const layer = run.layer(view.sides[0], Number(number));
    const units = unit !== undefined && layer && Number(unit) < layer.count ? [{ unit: Number(unit), layer: layer.number, name: `Unit ${Number(unit)} of layer ${layer.number}`, detail: run.name(view.sides[0]) }] : [];
    const measures = run.measures.map((measure, index) => ({ measure: index, name: measure.title, detail: measure.meaning || measure.table }));
    const labels = run.measures.flatMap((measure, index) => (index === view.measure || index === 0 ? measure.labels : []).filter(Boolean).map((label) => ({ measure: index, label, name: label, detail: labelDetail(run, label) || measure.title })));
    const once = [...new Map([...labels, ...measures].map((hit) => [`${hit.name} ${hit.label ? "" : hit.measure}`, hit])).values()];
    const rank = ({ name, detail }) => {
      const low = name.toLowerCase();
      if (low === text) return 0;
      if (low.startsWith(text)) return 1;
      return low.includes(text) ? 2 : detail.toLowerCase().includes(text) ? 3 : 9;
    };
    return [...units, ...once.filter((hit) => rank(hit) < 9).sort((one, other) => rank(one) - rank(other))];
  }

  #show(text) {
    const { list, field } = this;
    list.textContent = "";
    this.hits.forEach((hit, n) => {
      const item = list.appendChild(document.createElement("li"));
      Object.assign(item, { id: `hit${n}`, role: "option" });
      item.setAttribute("aria-selected", String(n === this.chosen));
      item.dataset.n = n;
      item.appendChild(document.createElement("b")).textContent = hit.name;
      item.appendChild(document.createElement("span")).textContent = hit.detail.slice(0, 90);
    });
    list.hidden = !this.hits.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.toggleAttribute("aria-invalid", Boolean(text) && list.hidden);
    if (list.hidden) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `hit${this.chosen}`);
  }

  #press(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && this.hits.length) {
      this.chosen = (this.chosen + steps[event.key] + this.hits.length) % this.hits.length;
      this.#show(this.field.value);
    } else if (event.key === "Enter" && this.chosen >= 0) this.#take(this.chosen);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
  }

  #take(n) {
    const hit = this.hits[n];
    this.field.value = "";
    this.#close();
    this.go(hit);
  }

  #close() {
    this.hits = [];
    this.#show("");
  }
}
