// A table that sorts and searches. Rows are unpacked from the page itself; without that the first rows stay as they are.
"use strict";

(async () => {
  if (window.parent !== window) document.querySelector(".top").hidden = true; // within a report, which has its own menu
  const STEP = 200; // rows that are shown at once
  const packed = document.getElementById("rows");
  const table = document.getElementById("table");
  const count = document.getElementById("count");
  const heads = [...table.tHead.rows[0].cells];
  const names = heads.map((head) => head.textContent);
  const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(stream).text();
  const rows = text ? text.split("\n").map((line) => line.split("\t")) : [];
  let found = rows;
  let order = { column: -1, down: false };
  let shown = STEP;

  const isNumber = (cell) => cell !== "" && Number.isFinite(Number(cell));
  const rounded = (cell) => {
    if (!isNumber(cell) || /^-?\d+$/.test(cell)) return cell;
    return String(Number(Number(cell).toPrecision(4))).replace(/^-/, "−");
  };

  function render() {
    const body = document.createElement("tbody");
    for (const row of found.slice(0, shown)) {
      const line = body.insertRow();
      for (const cell of row) line.insertCell().textContent = rounded(cell);
    }
    table.tBodies[0].replaceWith(body);
    const all = found.length === rows.length ? `${rows.length} rows` : `${found.length} of ${rows.length} rows`;
    count.textContent = packed.dataset.cut ? `${all} of this page` : all;
    more.hidden = found.length <= shown;
    more.textContent = `Show ${Math.min(STEP, found.length - shown)} more`;
  }

  function compare(one, other) {
    const [a, b] = [one[order.column], other[order.column]];
    if (a === "" || b === "") return (a === "") - (b === ""); // what is missing comes last either way
    const both = isNumber(a) && isNumber(b);
    return (both ? a - b : a.localeCompare(b)) * (order.down ? -1 : 1);
  }

  function sort(column) {
    order = { column, down: order.column === column ? !order.down : false };
    heads.forEach((head, index) => {
      if (index === column) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    arrange();
  }

  function matches(row, term) {
    const [, name, value] = /^(\w+):(.*)$/.exec(term) || [];
    const column = names.indexOf(name);
    if (column >= 0) return row[column].toLowerCase() === value.toLowerCase();
    return row.some((cell) => cell.toLowerCase().includes(term.toLowerCase()));
  }

  function arrange() {
    const terms = search.value.split(/\s+/).filter(Boolean);
    found = rows.filter((row) => terms.every((term) => matches(row, term)));
    if (order.column >= 0) found = [...found].sort(compare);
    shown = STEP;
    render();
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.title = head.title || "sort";
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });
  const search = document.getElementById("search");
  search.addEventListener("input", arrange);
  const more = document.createElement("button");
  more.type = "button";
  more.className = "more";
  more.addEventListener("click", () => { shown += STEP; render(); });
  table.parentElement.append(more);
  const note = document.getElementById("more");
  if (note) note.remove();
  const save = document.getElementById("save");
  save.hidden = false;
  save.addEventListener("click", () => {
    const lines = [names, ...found].map((row) => row.join("\t"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/tab-separated-values" }));
    link.download = `${packed.dataset.name}.tsv`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  render();
  document.documentElement.dataset.ready = "true";
})();
