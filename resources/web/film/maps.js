/* Maps of layers: one cell for each unit, at its position on the grid. */

/* Colours as the pixels of a canvas have them. */
function pixelsOf(gradient) {
  const bytes = bytesOf(gradient);
  const pixels = new Uint8ClampedArray(1024);
  for (let step = 0; step < 256; step += 1) pixels.set([...bytes.subarray(3 * step, 3 * step + 3), 255], 4 * step);
  return new Uint32Array(pixels.buffer);
}

function gradientCss(gradient) {
  const bytes = bytesOf(gradient);
  const stops = Array.from({ length: 17 }, (_, index) => Math.min(16 * index, 255));
  return `linear-gradient(to right, ${stops.map((at) => `rgb(${bytes.subarray(3 * at, 3 * at + 3).join(" ")})`).join(", ")})`;
}

class MapView {
  constructor(responses, name, colours) {
    this.responses = responses;
    this.name = name;
    this.colours = colours;
    this.canvas = element("canvas", { className: "map", width: responses.layer.columns, height: responses.layer.rows });
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${name}: responses of ${responses.layer.rows} × ${responses.layer.columns} units`);
    this.pen = this.canvas.getContext("2d");
    this.image = this.pen.createImageData(responses.layer.columns, responses.layer.rows);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  draw(time) {
    const frame = this.responses.frameAt(time);
    if (frame === this.frame) return;
    this.frame = frame;
    this.canvas.dataset.frame = frame;
    this.responses.at(frame).forEach((byte, index) => {
      this.pixels[index] = this.colours[byte];
    });
    this.pen.putImageData(this.image, 0, 0);
  }

  /* The position under the pointer. */
  positionAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const { rows, columns } = this.responses.layer;
    const row = within(Math.floor(((event.clientY - box.top) / box.height) * rows), 0, rows - 1);
    const column = within(Math.floor(((event.clientX - box.left) / box.width) * columns), 0, columns - 1);
    return { row, column, index: row * columns + column };
  }
}

/* Rows of maps, a row for each condition, and the scales of layers beneath them. */
class Maps {
  constructor(content, parent, readout) {
    this.content = content;
    this.parent = parent;
    this.readout = readout;
    this.colours = pixelsOf(content.gradient);
    parent.style.setProperty("--gradient", gradientCss(content.gradient));
    parent.style.setProperty("--most", content.full.length);
    parent.style.setProperty("--conditions", Object.keys(content.conditions).length);
    parent.addEventListener("pointermove", (event) => this.point(event));
    parent.addEventListener("pointerdown", (event) => this.point(event));
  }

  show(scene) {
    this.pointed = undefined;
    this.views = [];
    this.spelled = [];
    this.parent.replaceChildren(...scene.listening.map((one) => this.row(one)), this.scales());
  }

  row(listening) {
    const spelled = element("span", { lang: "" });
    this.spelled.push([listening, spelled]);
    const figures = listening.layers.map((responses, index) => {
      const view = new MapView(responses, `${listening.condition}, layer ${index + 1}`, this.colours);
      this.views.push({ view, full: this.content.full[index] });
      const scale = element("span", {}, "0", element("i"), `≥ ${short(this.content.full[index])}`);
      return element("figure", {}, view.canvas, element("figcaption", {}, `layer ${index + 1}`, scale));
    });
    const heading = element("h2", {}, element("b", { textContent: listening.condition }), spelled);
    const row = element("section", { className: "row" }, heading, element("div", { className: "layers" }, ...figures));
    row.style.setProperty("--condition", this.content.conditions[listening.condition]);
    return row;
  }

  scales() {
    const scales = this.content.full.map((full, index) => {
      const ends = element("span", {}, element("span", { textContent: "0" }), element("span", { textContent: `≥ ${short(full)}` }));
      return element("div", { className: "scale" }, `layer ${index + 1}`, element("i"), ends);
    });
    const name = element("p", { textContent: "Response (no unit): a scale for each layer" });
    return element("section", { className: "row scales" }, name, element("div", { className: "layers" }, ...scales));
  }

  draw(time) {
    for (const { view } of this.views) view.draw(time);
    for (const [listening, letters] of this.spelled) {
      const text = listening.spelled(time);
      if (letters.textContent !== text) letters.textContent = text;
    }
    this.report();
  }

  point(event) {
    const found = this.views.find(({ view }) => view.canvas === event.target);
    if (!found) return;
    this.pointed = { ...found, ...found.view.positionAt(event) };
    this.report();
  }

  /* The number of the unit under the pointer, and what it does now. */
  report() {
    if (!this.pointed) return;
    const { view, full, row, column, index } = this.pointed;
    const byte = view.responses.at(view.frame)[index];
    const unit = view.responses.layer.units[index];
    const value = `${byte === 255 ? "≥ " : ""}${((byte / 255) * full).toFixed(2)}`;
    this.readout.textContent = `${view.name}, unit ${unit} at row ${row}, column ${column}: response ${value}`;
  }
}
