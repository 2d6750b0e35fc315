// Charts of one unit on either side, and the legend. Each is made once and then only changed.

const WIDE = 460;

class Profile {
  constructor(parent, choose) {
    this.height = 150;
    this.svg = d3.select(parent).append("svg").attr("class", "chart").attr("viewBox", `0 0 ${WIDE} ${this.height}`);
    this.band = this.svg.append("rect").attr("class", "band");
    this.axis = this.svg.append("g").attr("class", "axis");
    this.bars = [0, 1].map((side) => this.svg.append("path").attr("class", `bars side${side}`)); // one path: it follows the pointer
    this.names = this.svg.append("g").attr("class", "names");
    this.svg.on("click", (event) => {
      const box = this.svg.node().getBoundingClientRect();
      const index = Math.floor(((event.clientX - box.left) / box.width) * WIDE - this.left) / this.step;
      if (index >= 0 && index < this.labels.length) choose(this.labels[Math.floor(index)]);
    });
  }

  // What stays while the unit changes: labels, and the range of all units of the layer.
  frame(labels, [low, high], chosen) {
    this.labels = labels;
    this.left = 34;
    const longest = d3.max(labels, (label) => label.length) ?? 1;
    const upright = longest * 6.2 > (WIDE - this.left) / labels.length;
    this.bottom = this.height - (upright ? Math.min(70, 6 + 5.6 * longest) : 14);
    this.step = (WIDE - this.left - 4) / Math.max(1, labels.length);
    this.y = d3.scaleLinear([Math.min(0, low), Math.max(0, high)], [this.bottom, 6]).nice();
    this.axis.attr("transform", `translate(${this.left} 0)`).call(d3.axisLeft(this.y).ticks(4).tickSize(-(WIDE - this.left - 4)).tickFormat(shown));
    this.names
      .selectAll("text")
      .data(labels)
      .join("text")
      .attr("transform", (_, n) => `translate(${this.left + (n + 0.5) * this.step} ${this.bottom + (upright ? 5 : 11)})${upright ? "rotate(-90)translate(0 3)" : ""}`)
      .attr("text-anchor", upright ? "end" : "middle")
      .classed("chosen", (label) => label === chosen)
      .text((label) => label);
    const index = labels.indexOf(chosen);
    this.band.attr("x", this.left + index * this.step).attr("y", 0).attr("width", index < 0 ? 0 : this.step).attr("height", this.height);
  }

  draw(side, values) {
    const zero = this.y(0);
    const [bottom, top] = this.y.range();
    const bar = (value, n) => {
      const at = Number.isFinite(value) ? Math.min(bottom, Math.max(top, this.y(value))) : zero;
      const width = this.step * 0.38;
      return `M${this.left + (n + 0.1 + 0.42 * side) * this.step} ${zero}V${at}h${width}V${zero}z`;
    };
    this.bars[side].attr("d", values ? Array.from(values, bar).join("") : null);
  }
}

class Course {
  constructor(parent) {
    this.height = 130;
    this.left = 34;
    this.svg = d3.select(parent).append("svg").attr("class", "chart").attr("viewBox", `0 0 ${WIDE} ${this.height}`);
    this.down = this.svg.append("g").attr("class", "axis").attr("transform", `translate(${this.left} 0)`);
    this.along = this.svg.append("g").attr("class", "axis time").attr("transform", `translate(0 ${this.height - 18})`);
    this.onset = this.svg.append("path").attr("class", "onset");
    this.lines = [0, 1].map((side) => this.svg.append("path").attr("class", `line side${side}`));
    this.nothing = this.svg.append("text").attr("class", "nothing").attr("x", WIDE / 2).attr("y", 50).attr("text-anchor", "middle");
  }

  frame(lags) {
    this.x = d3.scaleLinear(d3.extent(lags), [this.left, WIDE - 8]);
    this.line = d3.line((point) => this.x(point[0]), (point) => this.y(point[1])).defined((point) => Number.isFinite(point[1]));
    this.along.call(d3.axisBottom(this.x).ticks(6).tickFormat((lag) => `${lag.toString().replace("-", "−")}`));
    this.onset.attr("d", `M${this.x(0)} 6V${this.height - 20}`);
  }

  // Up to the largest value that these units have for any phone; `nothing` is said where there is no course.
  draw(courses, largest, nothing) {
    this.nothing.text(courses.some(Boolean) ? "" : nothing);
    this.y = d3.scaleLinear([-largest, largest], [this.height - 20, 6]).nice(4);
    const reach = this.y.domain().join();
    if (reach !== this.reach) this.down.call(d3.axisLeft(this.y).ticks(4).tickSize(-(WIDE - this.left - 8)).tickFormat(shown));
    this.reach = reach;
    courses.forEach((course, side) => this.lines[side].attr("d", course ? this.line(course) : null));
    for (let side = courses.length; side < 2; side += 1) this.lines[side].attr("d", null);
  }
}

// A filter in a canvas: features with the lowest at the bottom, or the grid below. Colours reach to ± its largest weight.
class Filter {
  constructor(parent, side) {
    this.item = parent.appendChild(document.createElement("div"));
    this.item.className = `side${side}`;
    this.canvas = this.item.appendChild(document.createElement("canvas"));
    this.canvas.setAttribute("role", "img");
    this.reach = this.item.appendChild(document.createElement("small"));
  }

  draw(filter, scale) {
    this.item.hidden = !filter;
    if (!filter) return;
    const { rows, columns, weights, of, largest } = filter;
    const flipped = of === "features" && rows > 1;
    const values = flipped ? Float32Array.from(weights, (_, n) => weights[(rows - 1 - Math.floor(n / columns)) * columns + (n % columns)]) : weights;
    this.canvas.style.aspectRatio = of === "features" ? "3 / 4" : `${columns} / ${rows}`;
    this.canvas.setAttribute("aria-label", `Filter, largest weight ${shown(largest)}`);
    this.reach.textContent = `±${shown(largest)}`;
    drawPixels(this.canvas, { rows, columns, count: rows * columns }, values, scale);
  }
}

// The nine units around a position, as a small map with numbers.
class Neighbours {
  constructor(parent) {
    this.svg = d3.select(parent).append("svg").attr("class", "neighbours").attr("viewBox", "0 0 3 3");
    const cells = this.svg.selectAll("g").data(d3.range(9)).join("g");
    cells.attr("transform", (n) => `translate(${n % 3} ${Math.floor(n / 3)})`);
    this.rects = cells.append("rect").attr("width", 1).attr("height", 1).nodes();
    this.values = cells.append("text").attr("x", 0.5).attr("y", 0.58).nodes();
    this.svg.append("rect").attr("class", "middle").attr("x", 1).attr("y", 1).attr("width", 1).attr("height", 1);
  }

  draw(layer, position, values, scale, measure) {
    for (let n = 0; n < 9; n += 1) {
      let row = position.row + Math.floor(n / 3) - 1;
      let column = position.column + (n % 3) - 1;
      if (layer.torus) [row, column] = [(row + layer.rows) % layer.rows, (column + layer.columns) % layer.columns];
      const there = row >= 0 && column >= 0 && row < layer.rows && column < layer.columns;
      const value = there && values ? values[row * layer.columns + column] : NaN;
      const colour = scale.colour(value);
      this.rects[n].setAttribute("fill", there ? colour : "none");
      this.values[n].setAttribute("fill", inkOn(colour));
      this.values[n].textContent = there ? brief(measure, value) : "";
    }
  }
}

function drawLegend(figure, view, scale, { outlined, missing }) {
  figure.textContent = "";
  const { measured, label } = view;
  const title = [measured.title, label && `for ${label}`, measured.unit && `(${measured.unit})`].filter(Boolean).join(" ");
  const caption = d3.select(figure).append("figcaption").text(title);
  const keys = [...(missing ? [["missing", "no value"]] : []), ...(outlined ? [["outlined", label ? `responsive to ${label}` : "responsive"]] : [])];
  if (scale.kind === "number") {
    const layers = view.scale === "all" ? "all layers" : view.sides.length > 1 && view.layers[0] !== view.layers[1] ? "these layers" : `layer ${view.layers[0]}`;
    caption.append("span").text(`, one scale for ${layers}${measured.labels.length > 1 ? ` and all ${measured.labels.length} ${/^\w+[^sy]$/.test(measured.over) ? `${measured.over}s` : "labels"}` : ""}`);
    ramp(figure, scale);
  } else for (const [name, colour] of scale.classes) keys.unshift([colour, name]);
  const list = d3.select(figure).append("ul");
  const items = list.selectAll("li").data(scale.kind === "number" ? keys : [...keys].reverse()).join("li");
  items.append("i").attr("class", ([key]) => (key.startsWith("#") ? "" : key)).style("background", ([key]) => (key.startsWith("#") ? key : null));
  items.append("span").text(([, text]) => text);
}

function ramp(figure, scale) {
  const width = 260;
  const svg = d3.select(figure).append("svg").attr("class", "ramp").attr("viewBox", `-14 0 ${width + 28} 34`);
  const steps = 64;
  const [from, to] = scale.domain;
  svg
    .append("g")
    .attr("shape-rendering", "crispEdges")
    .selectAll("rect")
    .data(d3.range(steps))
    .join("rect")
    .attr("x", (n) => (n * width) / steps)
    .attr("width", width / steps + 0.5)
    .attr("height", 12)
    .attr("fill", (n) => scale.colour(from + ((n + 0.5) / steps) * (to - from)));
  const x = d3.scaleLinear(scale.domain, [0, width]);
  svg.append("g").attr("class", "axis").attr("transform", "translate(0 12)").call(d3.axisBottom(x).ticks(5).tickSize(4).tickFormat(shown));
}
