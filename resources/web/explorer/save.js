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

class Sheet {
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

  image(canvas, x, y, width, height) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "image");
    Object.entries({ x, y, width, height, href: canvas.toDataURL(), preserveAspectRatio: "none", style: "image-rendering: pixelated" }).forEach(([name, value]) => element.setAttribute(name, value));
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

function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
