// The map as a table, for those who do not see it; made when it is opened.

function fillTable(holder, run, view) {
  holder.textContent = "";
  view.sides.forEach((training, side) => {
    const layer = view.layerOf(side);
    const values = run.map(training, view.measure, view.label, layer.number);
    const table = d3.select(holder).append("div").attr("class", "scroll").attr("tabindex", 0).attr("role", "region").attr("aria-label", `Table of ${run.name(training)}`).append("table");
    table.append("caption").text(`${run.name(training)}, layer ${layer.number}: ${titled(view.measured, view.label)}`);
    const head = table.append("thead").append("tr");
    head.append("td");
    head.selectAll("th").data(d3.range(layer.columns)).join("th").attr("scope", "col").text((column) => column);
    const lines = table.append("tbody").selectAll("tr").data(d3.range(layer.rows)).join("tr");
    lines.append("th").attr("scope", "row").text((row) => row);
    lines.selectAll("td").data((row) => d3.range(layer.columns).map((column) => row * layer.columns + column)).join("td").text((index) => (values ? worded(view.measured, values[index]) : "–"));
  });
}
