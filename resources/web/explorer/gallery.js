// Small maps to choose from: all labels of a measure, and all measures.

class Gallery {
  constructor(section, title, choose) {
    section.innerHTML = `<h2 id="${section.id}-title"></h2><div class="gallery"></div>`;
    this.section = section;
    this.title = section.querySelector("h2");
    this.list = section.querySelector(".gallery");
    this.titled = title;
    this.list.addEventListener("click", (event) => {
      const tile = event.target.closest("button");
      if (tile) choose(this.entries[Number(tile.dataset.n)]);
    });
  }

  // `entries` have a measure, a label and a name; `scaleOf` gives the scale of an entry on a side.
  draw(run, view, entries, scaleOf) {
    this.entries = entries;
    this.section.hidden = entries.length < 2;
    if (this.section.hidden) return;
    this.title.textContent = this.titled(view);
    const tiles = d3
      .select(this.list)
      .selectAll("button")
      .data(entries)
      .join((enter) => {
        const tile = enter.append("button").attr("type", "button");
        tile.append("span").attr("class", "name");
        tile.append("span").attr("class", "pixels");
        return tile;
      })
      .attr("data-n", (_, n) => n)
      .attr("aria-pressed", (entry) => String(entry.measure === view.measure && entry.label === view.label))
      .attr("title", (entry) => entry.detail);
    tiles.select(".name").text((entry) => entry.name);
    tiles.select(".pixels").selectAll("img").data((entry) => view.sides.map((training, side) => ({ entry, training, side })))
      .join("img")
      .attr("alt", "")
      .attr("src", ({ entry, training, side }) => {
        const layer = view.layerOf(side);
        return pictureOf(layer, run.map(training, entry.measure, entry.label, layer.number), scaleOf(entry, side));
      });
  }
}

function labelEntries(run, view) {
  return view.measured.labels.map((label) => ({ measure: view.measure, label, name: label, detail: labelDetail(run, label) }));
}

function measureEntries(run, view) {
  return run.measures.map((measure, index) => {
    const label = [view.label, view.phone, ""].find((one) => measure.labels.includes(one)) ?? measure.labels[0];
    return { measure: index, label, name: titled(measure, label), detail: measure.meaning };
  });
}

function labelDetail(run, label) {
  const phone = run.phoneOf.get(label);
  if (!phone) return "";
  return [phone.ipa && `[${phone.ipa}]`, phone.manner, phone.example && `as in ${phone.example}`].filter(Boolean).join(", ");
}
