// Colours and numbers. Diverging scales are centred at 0; colour-blind readers can distinguish all.

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const COLOURS = 256;
const SEEN = 0.995; // share of values within the ends of a scale; what is beyond takes the last colour
const MANNERS = {
  stop: "#0072B2", affricate: "#56B4E9", fricative: "#E69F00", nasal: "#009E73", approximant: "#CC79A7", vowel: "#D55E00", diphthong: "#9A6233",
};
const CLASSES = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#9A6233", "#F0E442", "#999999"];

const diverging = {
  false: (share) => d3.interpolateRdBu(1 - share),
  true: d3.piecewise(d3.interpolateLab, ["#9fd0ff", "#3f8fd6", "#1f4468", "#23262c", "#6e3326", "#d9694a", "#ffc0a6"]),
};

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const format3 = d3.format(".3~g");

function shown(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size >= 1000 ? d3.format(",.0f")(value) : size > 0 && size < 0.001 ? d3.format(".2~e")(value) : format3(value);
  return text.replaceAll("-", "−");
}

// What a map is called: a measure, and the label that it is of.
function titled(measure, label) {
  return [measure.title, label].filter(Boolean).join(" ");
}

// A value of a measure in words.
function worded(measure, value) {
  if (!Number.isFinite(value)) return "–";
  if (measure.kind === "boolean") return value ? "yes" : "no";
  return measure.kind === "category" ? measure.categories[value] : shown(value);
}

// The same for small cells.
function brief(measure, value) {
  if (measure.kind !== "number" || !Number.isFinite(value)) return worded(measure, value).slice(0, 6);
  return d3.format(Math.abs(value) < 1000 ? ".2~r" : ".2~s")(value).replace("-", "−").replace(/^(−?)0\./, "$1.");
}

// The scale of numbers from `values`, an iterable of arrays: its ends, whether it diverges, and the colour of a value.
function numberScale(arrays) {
  const finite = [];
  for (const array of arrays) for (const value of array) if (Number.isFinite(value)) finite.push(value);
  const sorted = Float64Array.from(finite).sort();
  const low = d3.quantileSorted(sorted, 1 - SEEN) ?? 0;
  const high = d3.quantileSorted(sorted, SEEN) ?? 1;
  const diverges = low < 0 && high > 0 && -low > 0.15 * high;
  const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const from = low >= 0 && low < 0.3 * high ? 0 : low < 0 && high > 0 ? 0 : low;
  const domain = diverges ? [-reach, reach] : [from, high > from ? high : from + 1];
  const interpolate = diverges ? diverging[dark.matches] : d3.interpolateViridis;
  const colours = Array.from({ length: COLOURS }, (_, n) => d3.color(interpolate(n / (COLOURS - 1))).formatHex());
  const missing = css("--missing");
  const colour = (value) => {
    if (!Number.isFinite(value)) return missing;
    const share = (value - domain[0]) / (domain[1] - domain[0]);
    return colours[Math.round(Math.min(1, Math.max(0, share)) * (COLOURS - 1))];
  };
  return { kind: "number", domain, diverges, interpolate, colour };
}

// The scale of what is true or not.
function truthScale() {
  const classes = new Map([["no", css("--line")], ["yes", "#D55E00"]]);
  const colours = [...classes.values(), css("--missing")];
  return { kind: "category", classes, lettered: false, colour: (value) => colours[Number.isFinite(value) ? value : 2] };
}

// The scale of categories: phones have the colour of their manner, others one of their own.
function categoryScale(run, categories) {
  const manners = categories.map((name) => run.phoneOf.get(name)?.manner);
  const classes = manners.every(Boolean) && categories.length ? manners : categories;
  const names = [...new Set(classes)];
  const free = CLASSES.filter((colour) => !names.some((name) => MANNERS[name] === colour));
  let next = 0;
  const ofClass = new Map(names.map((name) => [name, MANNERS[name] ?? free[next++] ?? (dark.matches ? "#ffffff" : "#000000")]));
  const missing = css("--missing");
  const colour = (value) => (Number.isFinite(value) ? ofClass.get(classes[value]) : missing);
  return { kind: "category", classes: ofClass, lettered: classes === manners, colour };
}

function inkOn(colour) {
  return d3.lab(colour).l > 60 ? "#000000" : "#ffffff";
}
