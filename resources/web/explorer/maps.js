// Maps of units: a cell for each position, an outline, and the cursor.

// Edges between positions inside and outside, as a path; on a torus, opposite borders touch.
function outlinePath({ rows, columns, torus }, inside) {
  const at = (row, column) => {
    if (torus) return inside[((row + rows) % rows) * columns + ((column + columns) % columns)] === 1;
    return row >= 0 && column >= 0 && row < rows && column < columns && inside[row * columns + column] === 1;
  };
  const edges = [];
  for (let row = 0; row <= rows; row += 1)
    for (let column = 0; column <= columns; column += 1) {
      if (row < rows && at(row, column) !== at(row, column - 1)) edges.push(`M${column} ${row}v1`);
      if (column < columns && at(row, column) !== at(row - 1, column)) edges.push(`M${column} ${row}h1`);
    }
  return edges.join("");
}

class UnitMap {
  constructor(parent, { lettered = false } = {}) {
    this.lettered = lettered;
    this.svg = d3.select(parent).append("svg").attr("class", "map").attr("preserveAspectRatio", "xMidYMid meet");
    this.cells = this.svg.append("g").attr("shape-rendering", "crispEdges");
    this.letters = this.svg.append("g").attr("class", "letters");
    this.outline = this.svg.append("path").attr("class", "outline");
    this.cursor = this.svg.append("g").attr("class", "cursor").attr("display", "none");
    for (const part of ["outer", "inner"]) this.cursor.append("rect").attr("class", part).attr("width", 1).attr("height", 1);
  }

  draw(layer, values, scale, { outline = null, letters = null } = {}) {
    this.layer = layer;
    const { rows, columns, count } = layer;
    this.svg.attr("viewBox", `-0.06 -0.06 ${columns + 0.12} ${rows + 0.12}`);
    const indices = d3.range(count);
    this.cells
      .selectAll("rect")
      .data(indices)
      .join((enter) => enter.append("rect").attr("width", 1).attr("height", 1))
      .attr("x", (index) => index % columns)
      .attr("y", (index) => Math.floor(index / columns))
      .attr("fill", (index) => scale.colour(values ? values[index] : NaN));
    this.letters
      .selectAll("text")
      .data(this.lettered && letters && values ? indices.filter((index) => Number.isFinite(values[index])) : [])
      .join("text")
      .attr("x", (index) => (index % columns) + 0.5)
      .attr("y", (index) => Math.floor(index / columns) + 0.66)
      .attr("font-size", (index) => Math.min(0.5, 1.3 / letters[values[index]].length))
      .attr("fill", (index) => inkOn(scale.colour(values[index])))
      .text((index) => letters[values[index]]);
    this.outline.attr("d", outline ? outlinePath(layer, outline) : "");
  }

  mark(position) {
    this.cursor.attr("display", position ? null : "none");
    if (position) this.cursor.attr("transform", `translate(${position.column} ${position.row})`);
  }

  // The position below the pointer.
  positionAt(event) {
    const { rows, columns } = this.layer;
    const box = this.svg.node().getBoundingClientRect();
    const along = (at, start, length, count) => Math.min(count - 1, Math.max(0, Math.floor(((at - start) / length) * count)));
    return {
      row: along(event.clientY, box.top, box.height, rows),
      column: along(event.clientX, box.left, box.width, columns),
    };
  }
}

// A map in as many pixels as it has units: for galleries.
function drawPixels(canvas, layer, values, scale) {
  if (canvas.width !== layer.columns) canvas.width = layer.columns; // which clears it, at a price
  if (canvas.height !== layer.rows) canvas.height = layer.rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(layer.columns, layer.rows);
  const words = new Uint32Array(image.data.buffer);
  for (let index = 0; index < layer.count; index += 1) words[index] = pixel(scale.colour(values ? values[index] : NaN));
  context.putImageData(image, 0, 0);
}

const scratch = document.createElement("canvas");

// The same as the address of an image: a hundred canvases on the page would be laid over each other at every move of the pointer.
function pictureOf(layer, values, scale) {
  drawPixels(scratch, layer, values, scale);
  return scratch.toDataURL();
}

const pixels = new Map();

function pixel(colour) {
  if (!pixels.has(colour)) {
    const { r, g, b } = d3.rgb(colour);
    pixels.set(colour, ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  }
  return pixels.get(colour);
}
