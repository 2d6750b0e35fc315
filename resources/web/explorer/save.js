// The view as one SVG file: maps, legend and charts, with their styles written into them.

const STYLED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-family", "font-weight", "opacity", "text-anchor", "paint-order", "vector-effect", "display"];

// A copy of a drawing that looks the same without the styles of the page.
function standalone(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, n) => {
    const style = getComputedStyle(originals[n]);
    const text = element.localName === "text";
    for (const name of STYLED) {
      const value = style.getPropertyValue(name);
      if (text || !name.startsWith("font")) if (value) element.style.setProperty(name, value);
    }
    for (const name of ["class", "tabindex", "role", "aria-label", "aria-describedby", "aria-roledescription"]) element.removeAttribute(name);
  });
  return copy;
}

class Drawing {
  constructor(width) {
    this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.width = width;
  }

  put(element, x, y, width, height) {
    const { x: left, y: top, width: across, height: down } = element.viewBox.baseVal;
    const copy = standalone(element);
    copy.style.overflow = "visible";
    for (const [name, value] of Object.entries({ x, y, width, height, viewBox: `${left} ${top} ${across} ${down}` })) copy.setAttribute(name, value);
    this.svg.append(copy);
  }

  write(text, x, y, { size = 13, weight = 400, colour = css("--ink") } = {}) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "text");
    Object.entries({ x, y, "font-size": size, "font-weight": weight, fill: colour, "font-family": "system-ui, sans-serif" }).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    this.svg.append(element);
  }

  box(attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    this.svg.append(element);
  }

  finished(height, title) {
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.svg.setAttribute("width", this.width);
    this.svg.setAttribute("height", height);
    const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    Object.entries({ width: "100%", height: "100%", fill: css("--paper") }).forEach(([name, value]) => paper.setAttribute(name, value));
    const name = document.createElementNS("http://www.w3.org/2000/svg", "title");
    name.textContent = title;
    this.svg.prepend(name, paper);
    return new XMLSerializer().serializeToString(this.svg);
  }
}

const MARGIN = 20;
const WIDTH = 960;

// The view of the explorer as it is seen: maps with their layers, legend, and the charts of the unit.
function drawingOf(explorer) {
  const { run, view } = explorer;
  explorer.pointed = null;
  explorer.follow();
  const title = titled(view.measured, view.label);
  const picture = new Drawing(WIDTH);
  picture.write(`${title}: ${run.corpus}`, MARGIN, 28, { size: 18, weight: 600 });
  const bottoms = explorer.sides.slice(0, view.sides.length).map((side) => putSide(picture, side));
  let bottom = putLegend(picture, explorer.by("legend"), Math.max(...bottoms));
  if (explorer.unit) bottom = putUnit(picture, explorer.panel, explorer.unit, bottom);
  return picture.finished(bottom, `${title}: ${view.sides.map((training) => run.name(training)).join(", ")}`);
}

// Map and layers of a side; these functions give the bottom of what they put.
function putSide(picture, { index, page: { run, view }, map, strip }) {
  const count = view.sides.length;
  const wide = (WIDTH - 2 * MARGIN - MARGIN * (count - 1)) / count;
  const x = MARGIN + index * (wide + MARGIN);
  const layer = view.layerOf(index);
  const height = Math.min(wide, (wide * layer.rows) / layer.columns);
  picture.write(`${run.name(view.sides[index])}, layer ${layer.number}`, x, 56);
  picture.put(map.svg.node(), x, 66, wide, height);
  const shownLayers = strip.filter(({ button }) => !button.hidden);
  const small = Math.min(80, (wide - 6 * (shownLayers.length - 1)) / shownLayers.length);
  shownLayers.forEach((one, n) => {
    const left = x + n * (small + 6);
    picture.put(one.map.svg.node(), left, height + 86, small, small);
    picture.write(one.name.textContent, left, height + 98 + small, { size: 10 });
    picture.write(one.field.textContent, left, height + 110 + small, { size: 8, colour: css("--faint") });
  });
  return height + 120 + small;
}

function putLegend(picture, legend, top) {
  const bar = legend.querySelector("svg");
  picture.write(legend.querySelector("figcaption").textContent, MARGIN, top + 22, { size: 12 });
  if (bar) picture.put(bar, MARGIN, top + 30, 288, 34);
  const items = [...legend.querySelectorAll("li")];
  items.forEach((item, n) => {
    const x = 330 + (n % 5) * 122;
    const y = top + 44 + Math.floor(n / 5) * 18;
    const { backgroundColor: fill, borderTopColor: stroke } = getComputedStyle(item.querySelector("i"));
    picture.box({ x, y: y - 10, width: 12, height: 12, fill, stroke });
    picture.write(item.textContent, x + 18, y, { size: 11 });
  });
  return top + 84 + 18 * Math.floor(Math.max(0, items.length - 1) / 5);
}

// The charts of the unit below the maps.
function putUnit(picture, panel, unit, top) {
  picture.write(panel.spoken(unit), MARGIN, top, { size: 12 });
  picture.put(panel.profile.svg.node(), MARGIN, top + 30, 450, 147);
  picture.write(panel.captions.profile.textContent, MARGIN, top + 24, { size: 11 });
  if (!panel.parts.course.hidden) {
    picture.put(panel.course.svg.node(), 490, top + 30, 450, 127);
    picture.write(panel.captions.course.textContent, 490, top + 24, { size: 9 });
  }
  return top + 190;
}

function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
