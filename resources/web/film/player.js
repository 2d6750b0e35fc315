/* The sound, which alone keeps time: whatever is drawn is asked of it anew with every picture of the screen. */

/* A sound that another one replaces before it begins is no mistake. */
function unlessCut(error) {
  if (error.name !== "AbortError") throw error;
}

class Player {
  constructor(audio, shown, changed) {
    this.audio = audio;
    this.shown = shown;
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => changed(this.playing));
    this.audio.addEventListener("play", () => this.follow());
    for (const name of ["pause", "seeked", "ended"]) this.audio.addEventListener(name, () => this.show());
  }

  load(scene) {
    this.pause();
    URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(new Blob([bytesOf(scene.audio)], { type: "audio/wav" }));
    this.duration = scene.duration_s;
    this.audio.src = this.address;
    this.audio.playbackRate = this.rate ?? 1;
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  get time() {
    return this.audio.currentTime;
  }

  set speed(rate) {
    this.rate = rate;
    this.audio.defaultPlaybackRate = rate;
    this.audio.playbackRate = rate;
  }

  set again(whether) {
    this.audio.loop = whether;
  }

  toggle() {
    if (this.playing) this.pause();
    else this.audio.play().catch(unlessCut);
  }

  pause() {
    this.audio.pause();
  }

  seek(time) {
    this.audio.currentTime = within(time, 0, this.duration);
    this.show();
  }

  follow() {
    cancelAnimationFrame(this.next);
    this.show();
    if (this.playing) this.next = requestAnimationFrame(() => this.follow());
  }

  show() {
    this.shown(this.time);
  }
}
