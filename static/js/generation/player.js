// Plays the fragments of a clip through Media Source while later ones are still being drawn.

const Source = window.ManagedMediaSource ?? window.MediaSource;

/** `follow` it while the clip is made, `finish` when it is whole. `started` is called at the first picture. */
export class LivePlayer {
  #video;
  #hooks;
  #take = null;
  #source = null;
  #buffer = null;
  #next = 0; // the number of the fragment to fetch next; 0 is the init segment
  #wanted = 0;
  #busy = false;
  #whole = false;
  #clip = null;

  constructor(video, hooks) {
    this.#video = video;
    this.#hooks = hooks;
    video.addEventListener("ended", () => this.#clip && this.#source && this.#toFile());
  }

  /** Fetch and play what exists: `take`, `fragments`, `mime`, `base`. May be called as often as there is news. */
  follow({ take, fragments, mime, base, state }) {
    if (!Source || !fragments || !mime || this.#whole) return;
    if (state === "ready" && !this.#source) return;
    if (take !== this.#take) {
      this.reset();
      if (!Source.isTypeSupported(mime)) return;
      this.#take = take;
      this.#open(mime);
    }
    // The address holds the take: it may be older than the snapshot that named the base.
    this.base = base.replace(/\d+\/$/, `${take}/`);
    this.#wanted = Math.max(this.#wanted, fragments);
    this.#pump();
  }

  /** The clip is whole: play what is left of the fragments, then go over to the file. */
  finish({ clip, poster, captions }) {
    this.#clip = { clip, poster, captions };
    this.#whole = true;
    this.#video.controls = true;
    if (this.#source && this.#next > 1) this.#pump();
    else this.#toFile();
  }

  /** Forget everything: the clip is not being made any more, or anew. */
  reset() {
    if (this.#source) this.#video.removeAttribute("src");
    this.#take = this.#source = this.#buffer = null;
    this.#next = this.#wanted = 0;
    this.#busy = false;
    this.#whole = false;
  }

  #open(mime) {
    const source = new Source();
    this.#source = source;
    this.#video.disableRemotePlayback = true;
    this.#video.loop = false;
    this.#video.src = URL.createObjectURL(source);
    source.addEventListener("sourceopen", () => {
      URL.revokeObjectURL(this.#video.src);
      if (this.#source !== source) return;
      this.#buffer = source.addSourceBuffer(mime);
      this.#pump();
    }, { once: true });
  }

  async #pump() {
    if (this.#busy || !this.#buffer) return;
    this.#busy = true;
    const source = this.#source;
    let failures = 0;
    while (this.#source === source && this.#next <= this.#wanted) {
      try {
        const response = await fetch(`${this.base}${this.#next}`);
        if (response.status === 404) break; // tidied away: the file will do
        if (!response.ok) throw new Error(String(response.status));
        await this.#append(source, await response.arrayBuffer());
        failures = 0;
        this.#next += 1;
        if (this.#next === 2) this.#start();
      } catch {
        failures += 1;
        if (failures > 5 || this.#source !== source) break;
        await new Promise((done) => setTimeout(done, 300 * 2 ** failures));
      }
    }
    if (this.#source !== source) return;
    this.#busy = false;
    if (!this.#whole) return;
    if (this.#next <= 1 || this.#next <= this.#wanted) this.#toFile();
    else if (source.readyState === "open") source.endOfStream();
  }

  #append(source, data) {
    if (this.#source !== source) return Promise.resolve();
    return new Promise((done, failed) => {
      this.#buffer.addEventListener("updateend", done, { once: true });
      this.#buffer.addEventListener("error", failed, { once: true });
      this.#buffer.appendBuffer(data);
    });
  }

  #start() {
    this.#hooks.started();
    if (this.#video.buffered.length) this.#video.currentTime = this.#video.buffered.start(0);
    this.#video.play().catch(() => {}); // a browser that forbids it shows the first picture
  }

  #toFile() {
    const { clip, poster, captions } = this.#clip;
    const video = this.#video;
    this.#source = this.#buffer = null;
    video.poster = poster;
    video.src = clip;
    video.loop = true;
    video.controls = true;
    if (captions && !video.querySelector("track")) {
      const track = document.createElement("track");
      Object.assign(track, { kind: "captions", src: captions, default: true });
      video.append(track);
    }
    this.#hooks.started();
    video.play().catch(() => {});
  }
}
