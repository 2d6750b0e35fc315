/* The page: what is chosen, what is pressed, and what is drawn at a moment. */

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const byId = (id) => document.getElementById(id);
const short = (value) => value.toPrecision(2);
const seconds = (value) => `${value.toFixed(2)} s`;

class Film {
  constructor(content) {
    this.content = content;
    const aligned = (gutter) => byId("scrub").style.setProperty("--gutter", `${gutter - 8}px`);
    this.score = new Score(content, byId("score"), (time) => this.go(time), aligned);
    this.maps = new Maps(content, byId("maps"), byId("unit"));
    this.player = new Player(byId("sound"), (time) => this.draw(time), (playing) => this.marked(playing));
    this.fill();
    this.listen();
    this.explain();
    byId("film").hidden = false;
    this.open();
  }

  fill() {
    const named = (one) => `${one.speaker}${one.kind ? ` (${one.kind})` : ""}: ${one.transcript}`;
    byId("utterance").append(...this.content.utterances.map((one, index) => new Option(named(one), index)));
    const manner = ([name, colour]) => {
      const mark = element("i");
      mark.style.setProperty("--manner", colour);
      return element("li", {}, mark, name);
    };
    byId("manners").append(...Object.entries(this.content.colours).map(manner));
    byId("seed").append(...this.content.seeds.map((seed) => new Option(seed, seed)));
  }

  /* What the address asks for: utterance, seed and time, where it names any. */
  open() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const index = this.content.utterances.findIndex((one) => one.utterance === asked.get("utterance"));
    byId("utterance").value = Math.max(index, 0);
    const seed = Number(asked.get("seed"));
    byId("seed").value = asked.has("seed") && this.content.seeds.includes(seed) ? seed : this.content.seeds[0];
    this.choose(true, Number(asked.get("at")) || 0);
  }

  /* Show another utterance or seed; with another seed the sound goes on. */
  choose(other, time = this.player.time) {
    const utterance = this.content.utterances[Number(byId("utterance").value)];
    this.scene = new Scene(this.content, utterance, Number(byId("seed").value));
    this.score.show(this.scene);
    this.maps.show(this.scene);
    byId("scrub").max = this.scene.duration_s;
    if (other) this.player.load(this.scene);
    this.player.seek(time);
    this.remember();
  }

  draw(time) {
    document.documentElement.dataset.shown = time.toFixed(4);
    this.score.draw(time);
    this.maps.draw(time);
    const phone = this.scene.phoneAt(time);
    const spoken = phone?.[3] ? `${phone[2]} of “${phone[3]}”` : (phone?.[2] ?? "");
    byId("now").textContent = `${seconds(time)} of ${seconds(this.scene.duration_s)} ${spoken && `· ${spoken}`}`;
    byId("scrub").value = time;
    byId("scrub").setAttribute("aria-valuetext", `${time.toFixed(2)} seconds ${spoken}`);
  }

  marked(playing) {
    const button = byId("play");
    button.setAttribute("aria-pressed", playing);
    button.replaceChildren(element("span", { ariaHidden: "true", textContent: playing ? "❚❚" : "▶" }), playing ? " Pause" : " Play");
    if (!playing) this.remember();
  }

  /* Keep the moment in the address, so that it can be sent. */
  remember() {
    const view = { utterance: this.scene.utterance, seed: byId("seed").value, at: this.player.time.toFixed(3) };
    history.replaceState(null, "", `#${new URLSearchParams(view)}`);
  }

  go(time) {
    this.player.seek(time);
    if (!this.player.playing) this.remember();
  }

  step(frames) {
    this.player.pause();
    const finest = this.scene.finest;
    this.go(finest.centre(finest.frameAt(this.player.time) + frames));
  }

  listen() {
    const on = (id, name, action) => byId(id).addEventListener(name, (event) => action(event.target));
    on("utterance", "change", () => this.choose(true, 0));
    on("seed", "change", () => this.choose(false));
    on("play", "click", () => this.player.toggle());
    on("back", "click", () => this.step(-1));
    on("on", "click", () => this.step(1));
    on("scrub", "input", (scrub) => this.go(Number(scrub.value)));
    on("speed", "change", (speed) => { this.player.speed = Number(speed.value); });
    on("again", "change", (again) => { this.player.again = again.checked; });
    on("smooth", "change", (smooth) => byId("maps").classList.toggle("smooth", smooth.checked));
    document.addEventListener("keydown", (event) => this.pressed(event));
    window.addEventListener("hashchange", () => this.open());
  }

  pressed(event) {
    const keys = {
      " ": () => this.player.toggle(),
      ",": () => this.step(-1),
      ".": () => this.step(1),
      ArrowLeft: () => this.go(this.player.time - 0.1),
      ArrowRight: () => this.go(this.player.time + 0.1),
      Home: () => this.go(0),
    };
    const own = event.key === " " ? "button, select, [type=checkbox]" : "select";
    if (!(event.key in keys) || event.target.closest(own) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  }

  /* Sentences whose numbers are those of this film. */
  explain() {
    const { trainings, seeds, shown, floor_db: floor } = this.content;
    const fields = trainings.filter((one) => one.seed === seeds[0]).map(({ condition, layers }) =>
      `${condition}: ${seconds(layers[0].field_s)} in layer 1, ${seconds(layers.at(-1).field_s)} in layer ${layers.length}`);
    byId("delay").textContent = `Each map is shown at the moment on which the receptive fields of its units are centred: `
      + `a response depends on sound before and after it (${fields.join("; ")}), so that maps do not lag behind `
      + `the sound, and a letter may appear before its phone is over.`;
    byId("scales").textContent = `Responses have no unit: they are taken after normalisation and rectification, from 0 (a unit `
      + `is silent) to the end of the scale of its layer, which all conditions and utterances share and ${short(100 * (1 - shown))} % `
      + `of responses exceed. The spectrogram ends ${-floor} dB below the loudest point of the utterance.`;
    byId("spelling").textContent = `A letter is at the frame at which the recogniser first has it: the best symbol of `
      + `every frame of its last layer, without blanks and repetitions; no lexicon helps.`;
  }
}

new Film(JSON.parse(byId("payload").textContent));
