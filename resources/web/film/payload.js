/* What the page was given; bytes are unpacked as they are asked for. */

function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) bytes[index] = raw.charCodeAt(index);
  return bytes;
}

const within = (value, low, high) => Math.min(Math.max(value, low), high);

/* Responses of a layer to an utterance; frame j is centred on offset_s + j · stride_s, as the network has it. */
class Responses {
  constructor(layer, packed) {
    this.layer = layer;
    this.packed = packed;
  }

  get bytes() {
    this.unpacked ??= bytesOf(this.packed);
    return this.unpacked;
  }

  get frames() {
    return this.bytes.length / (this.layer.rows * this.layer.columns);
  }

  /* The frame whose centre is nearest. */
  frameAt(time) {
    return within(Math.round((time - this.layer.offset_s) / this.layer.stride_s), 0, this.frames - 1);
  }

  centre(frame) {
    return this.layer.offset_s + within(frame, 0, this.frames - 1) * this.layer.stride_s;
  }

  /* Bytes of a frame, position by position. */
  at(frame) {
    const units = this.layer.rows * this.layer.columns;
    return this.bytes.subarray(frame * units, (frame + 1) * units);
  }
}

/* A training that listens to an utterance. */
class Listening {
  constructor(training, take) {
    this.condition = training.condition;
    this.layers = training.layers.map((layer, index) => new Responses(layer, take.layers[index]));
    this.letters = take.letters;
  }

  /* Letters that have been decoded by then. */
  spelled(time) {
    return this.letters.filter(([, at]) => at <= time).map(([letter]) => letter).join("");
  }
}

/* One utterance, and what a training of every condition answers to it. */
class Scene {
  constructor(content, utterance, seed) {
    Object.assign(this, utterance);
    this.listening = content.trainings
      .map((training, index) => [training, utterance.takes[index]])
      .filter(([training]) => training.seed === seed)
      .map(([training, take]) => new Listening(training, take));
    this.words = wordsOf(this.phones);
  }

  /* The layer of the shortest stride, by which the film is stepped. */
  get finest() {
    const all = this.listening.flatMap((one) => one.layers);
    return all.reduce((best, one) => (one.layer.stride_s < best.layer.stride_s ? one : best));
  }

  phoneAt(time) {
    return this.phones.find(([onset, offset]) => onset <= time && time < offset);
  }
}

/* Stretches of successive phones of one word. */
function wordsOf(phones) {
  const words = [];
  for (const [onset, offset, , word] of phones) {
    const last = words.at(-1);
    if (word && last && last[2] === word && last[1] === onset) last[1] = offset;
    else if (word) words.push([onset, offset, word]);
  }
  return words;
}
