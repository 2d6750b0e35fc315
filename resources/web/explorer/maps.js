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
    const positions = d3.range(count);
    this.cells
      .selectAll("rect")
      .data(positions)
      .join((enter) => enter.append("rect").attr("width", 1).attr("height", 1))
      .attr("x", (position) => position % columns)
      .attr("y", (position) => Math.floor(position / columns))
      .attr("fill", (position) => scale.colour(values ? values[position] : NaN));
    this.letters
      .selectAll("text")
      .data(this.lettered && letters && values ? positions.filter((position) => Number.isFinite(values[position])) : [])
      .join("text")
      .attr("x", (position) => (position % columns) + 0.5)
      .attr("y", (position) => Math.floor(position / columns) + 0.66)
      .attr("font-size", (position) => Math.min(0.5, 1.3 / letters[values[position]].length))
      .attr("fill", (position) => inkOn(scale.colour(values[position])))
      .text((position) => letters[values[position]]);
    this.outline.attr("d", outline ? outlinePath(layer, outline) : "");
  }

  mark(place) {
    this.cursor.attr("display", place ? null : "none");
    if (place) this.cursor.attr("transform", `translate(${place.column} ${place.row})`);
  }

  // The place below the pointer.
  placeAt(event) {
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
  canvas.width = layer.columns;
  canvas.height = layer.rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(layer.columns, layer.rows);
  const words = new Uint32Array(image.data.buffer);
  for (let position = 0; position < layer.count; position += 1) words[position] = pixel(scale.colour(values ? values[position] : NaN));
  context.putImageData(image, 0, 0);
}

const pixels = new Map();

function pixel(colour) {
  if (!pixels.has(colour)) {
    const { r, g, b } = d3.rgb(colour);
    pixels.set(colour, ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  }
  return pixels.get(colour);
}
