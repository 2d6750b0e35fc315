/* The score of an utterance: spectrogram, words, phones, and the letters that are decoded, over one axis of time. */

const TIER = 22; // pixels high
const PICTURE = 104;
const AXIS = 18;
const LEAST_PER_SECOND = 260; // pixels; below, phones could not be read, so that the score moves instead
const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif";
const mel = (hertz) => Math.log10(1 + hertz / 700);

const rgbOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/* Colours of conditions; on dark paper a third nearer to white, since grey would be lost there. */
function linesOf(conditions, dark) {
  const lighter = (colour) => `rgb(${rgbOf(colour).map((part) => (dark ? part + (255 - part) / 3 : part)).join(" ")})`;
  return Object.fromEntries(Object.entries(conditions).map(([name, colour]) => [name, lighter(colour)]));
}

class Score {
  constructor(content, canvas, sought, fitted) {
    this.content = content;
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.sought = sought;
    this.fitted = fitted;
    canvas.addEventListener("pointerdown", (event) => this.drag(event));
    canvas.addEventListener("pointermove", (event) => event.buttons && this.drag(event));
    new ResizeObserver(() => this.fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.fit());
  }

  show(scene) {
    this.scene = scene;
    this.time = 0;
    this.canvas.setAttribute("aria-label", `Spectrogram, words, phones and decoded letters of: ${scene.transcript}`);
    this.fit();
  }

  /* Take on the width of the page, and its colours. */
  fit() {
    if (!this.scene) return;
    const style = getComputedStyle(document.documentElement);
    const named = (name) => style.getPropertyValue(`--${name}`).trim();
    this.ink = { paper: named("paper"), ink: named("ink"), faint: named("faint"), line: named("line"), raised: named("raised"), accent: named("accent"), focus: named("focus") };
    this.lines = linesOf(this.content.conditions, matchMedia("(prefers-color-scheme: dark)").matches);
    this.tiers = ["words", "phones", ...this.scene.listening.map((one) => one.condition)];
    this.width = this.canvas.clientWidth;
    this.height = PICTURE + TIER * this.tiers.length + AXIS;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.height = `${this.height}px`;
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.font = FONT;
    const widest = Math.max(...this.tiers.map((name) => this.pen.measureText(name).width));
    this.gutter = Math.min(widest + 8, 0.2 * this.width);
    this.fitted(this.gutter);
    this.perSecond = Math.max((this.width - this.gutter) / this.scene.duration_s, LEAST_PER_SECOND);
    this.picture = this.pictured();
    this.draw(this.time);
  }

  /* The spectrogram, a pixel for each frame and band, from paper to ink. */
  pictured() {
    const { bands, picture } = this.scene;
    const bytes = bytesOf(picture);
    const frames = bytes.length / bands;
    const canvas = element("canvas", { width: frames, height: bands });
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(frames, bands);
    const [from, to] = [rgbOf(this.ink.paper), rgbOf(this.ink.ink)];
    bytes.forEach((byte, index) => {
      const at = 4 * ((bands - 1 - (index % bands)) * frames + Math.floor(index / bands));
      for (let part = 0; part < 3; part += 1) image.data[at + part] = from[part] + ((to[part] - from[part]) * byte) / 255;
      image.data[at + 3] = 255;
    });
    pen.putImageData(image, 0, 0);
    return canvas;
  }

  /* The first moment that is in view. */
  start(time) {
    const span = (this.width - this.gutter) / this.perSecond;
    return within(time - span / 2, 0, Math.max(this.scene.duration_s - span, 0));
  }

  x(time) {
    return this.gutter + (time - this.from) * this.perSecond;
  }

  draw(time) {
    this.time = time;
    this.from = this.start(time);
    this.pen.fillStyle = this.ink.paper;
    this.pen.fillRect(0, 0, this.width, this.height);
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(this.gutter, 0, this.width - this.gutter, this.height);
    this.pen.clip();
    this.drawPicture();
    this.drawIntervals(this.scene.words, 0, () => "");
    this.drawIntervals(this.scene.phones, 1, (label) => this.content.colours[this.content.manners[label]] ?? "");
    this.scene.listening.forEach((one, index) => this.drawLetters(one, index + 2));
    this.drawAxis();
    this.drawCursor();
    this.pen.restore();
    this.drawNames();
  }

  drawPicture() {
    const hop = this.content.hop_s;
    const left = this.x(-hop / 2);
    this.pen.imageSmoothingEnabled = true;
    this.pen.drawImage(this.picture, left, 0, this.picture.width * hop * this.perSecond, PICTURE - 2);
  }

  drawIntervals(intervals, tier, colourOf) {
    const top = PICTURE + TIER * tier;
    for (const [onset, offset, label] of intervals) {
      const [left, right] = [this.x(onset), this.x(offset)];
      const present = onset <= this.time && this.time < offset;
      this.box(left, top, right - left, present, colourOf(label));
      this.text(label, (left + right) / 2, top, right - left - 2, present ? this.ink.paper : this.ink.ink);
    }
  }

  box(left, top, width, present, colour) {
    this.pen.fillStyle = present ? this.ink.ink : this.ink.raised;
    this.pen.fillRect(left, top + 1, width, TIER - 3);
    if (colour) {
      this.pen.fillStyle = colour;
      this.pen.fillRect(left, top + TIER - 5, width, 3);
    }
    this.pen.fillStyle = this.ink.paper;
    this.pen.fillRect(left, top + 1, 1, TIER - 3);
  }

  text(label, centre, top, room, colour) {
    if (room < 6) return;
    this.pen.fillStyle = colour;
    this.pen.textAlign = "center";
    this.pen.textBaseline = "middle";
    this.pen.fillText(label, centre, top + TIER / 2 - 1, room);
  }

  /* Letters up to now, where the recogniser first puts them. */
  drawLetters(listening, tier) {
    const top = PICTURE + TIER * tier;
    this.pen.fillStyle = this.lines[listening.condition];
    this.pen.fillRect(this.gutter, top + TIER - 3, Math.max(this.x(this.time) - this.gutter, 0), 2);
    for (const [letter, at] of listening.letters) {
      if (at <= this.time) this.text(letter, Math.max(this.x(at), this.x(0) + 5), top, 20, this.ink.ink);
    }
  }

  drawAxis() {
    const top = this.height - AXIS;
    this.pen.fillStyle = this.ink.faint;
    this.pen.textBaseline = "alphabetic";
    for (let tick = 0; tick <= this.scene.duration_s; tick += 0.5) {
      this.pen.fillRect(this.x(tick), top, 1, 4);
      this.pen.textAlign = tick ? "center" : "left";
      this.pen.fillText(`${tick} s`, this.x(tick) + (tick ? 0 : 2), this.height - 3);
    }
  }

  drawCursor() {
    this.pen.fillStyle = this.ink.focus;
    this.pen.fillRect(this.x(this.time) - 1, 0, 2, this.height - AXIS + 4);
  }

  drawNames() {
    this.pen.fillStyle = this.ink.faint;
    this.pen.textAlign = "right";
    this.pen.textBaseline = "middle";
    const room = this.gutter - 6;
    this.tiers.forEach((name, tier) => this.pen.fillText(name, this.gutter - 6, PICTURE + TIER * (tier + 0.5) - 1, room));
    const [low, high] = this.content.hertz.map(mel);
    for (const kilohertz of [0.5, 1, 2, 4]) {
      const height = ((mel(1000 * kilohertz) - low) / (high - low)) * (PICTURE - 2);
      if (height > 0 && height < PICTURE - 8) this.pen.fillText(`${kilohertz} kHz`, this.gutter - 6, PICTURE - 2 - height, room);
    }
  }

  drag(event) {
    const left = event.clientX - this.canvas.getBoundingClientRect().left;
    this.sought(this.from + (left - this.gutter) / this.perSecond);
  }
}
