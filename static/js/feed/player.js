// One clip of the feed: a poster until it is near, a video while it is, a poster again afterwards.

import { choices } from "./choices.js";
import { say } from "./talk.js";
import { paint } from "./thumbhash.js";
import { note } from "./views.js";

const DOUBLE_TAP_MS = 280;

export class Player {
  /** `article` is the clip's element; `onLike` is called for a double tap. */
  constructor(article, onLike) {
    this.article = article;
    this.id = article.dataset.id;
    this.stage = article.querySelector(".stage");
    this.tap = article.querySelector(".tap");
    this.poster = article.querySelector(".poster");
    this.onLike = onLike;
    this.video = null;
    this.wanted = false;
    this.held = false; // paused by the person
    this.watched = 0;
    this.since = 0;
    this.#haze();
    this.#tapping();
    this.poster.addEventListener("error", () => this.poster.classList.add("gone"), { once: true });
  }

  #haze() {
    const canvas = document.createElement("canvas");
    canvas.className = "haze";
    canvas.width = canvas.height = 24;
    canvas.setAttribute("aria-hidden", "true");
    paint(canvas, this.article.dataset.hash);
    this.stage.prepend(canvas);
  }

  #tapping() {
    // With scripts the link to the clip's page becomes the clip's play button.
    this.tap.setAttribute("role", "button");
    this.tap.draggable = false;
    this.label = this.tap.querySelector("span");
    this.#tell();
    let last = 0;
    let later = 0;
    this.tap.addEventListener("click", (event) => {
      event.preventDefault();
      clearTimeout(later);
      if (event.detail !== 0 && event.timeStamp - last < DOUBLE_TAP_MS) {
        last = 0;
        this.#burst(event);
        this.onLike(this);
        return;
      }
      last = event.timeStamp;
      // A pointer may tap again; the keyboard need not wait for that.
      if (event.detail === 0) this.toggle();
      else later = setTimeout(() => this.toggle(), DOUBLE_TAP_MS);
    });
    this.tap.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        this.toggle();
      }
    });
  }

  #burst(event) {
    const heart = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    heart.classList.add("burst");
    heart.setAttribute("aria-hidden", "true");
    heart.innerHTML = '<use href="#i-heart"/>';
    const box = this.stage.getBoundingClientRect();
    heart.style.left = `${event.clientX - box.left}px`;
    heart.style.top = `${event.clientY - box.top}px`;
    this.stage.append(heart);
    setTimeout(() => heart.remove(), 700);
  }

  #tell() {
    const playing = this.video && !this.video.paused;
    this.label.textContent = playing ? say("pause") : say("play");
    this.stage.classList.toggle("paused", !playing && !this.wanted);
  }

  /** Make the video; `whole` fetches all of it, otherwise only how it begins. */
  prepare(whole) {
    if (this.video) {
      if (whole) this.video.preload = "auto";
      return;
    }
    const { source, captions, seconds } = this.article.dataset;
    const video = document.createElement("video");
    video.className = "film";
    video.playsInline = true;
    video.loop = true;
    video.muted = !choices.sound;
    video.preload = whole ? "auto" : "metadata";
    video.width = this.poster.width;
    video.height = this.poster.height;
    video.tabIndex = -1;
    video.setAttribute("aria-hidden", "true");
    if (captions) {
      this.track = document.createElement("track");
      Object.assign(this.track, { kind: "captions", src: captions, default: true });
      video.append(this.track);
    }
    video.src = source;
    video.addEventListener("playing", () => {
      this.stage.classList.add("running");
      this.since ||= performance.now();
      this.#tell();
    });
    video.addEventListener("pause", () => {
      this.#count();
      this.#tell();
    });
    video.addEventListener("error", () => this.#broken());
    let before = 0;
    video.addEventListener("timeupdate", () => {
      if (video.currentTime < before) this.completed = true;
      before = video.currentTime;
      const length = video.duration || Number(seconds) || 1;
      this.bar.value = Math.min(1, video.currentTime / length);
    });
    this.video = video;
    this.stage.insertBefore(video, this.tap);
    this.bar = document.createElement("progress");
    this.bar.className = "played";
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", say("progress"));
    this.stage.append(this.bar);
    this.words = document.createElement("p");
    this.words.className = "spoken";
    this.words.setAttribute("aria-hidden", "true");
    this.stage.append(this.words);
    this.#captions();
  }

  #captions() {
    if (!this.track) return;
    // Drawn by us, above the bar and the words of the phone's overlay, where the browser's own would be hidden.
    this.track.track.mode = "hidden";
    this.track.track.addEventListener("cuechange", () => {
      const cues = [...(this.track.track.activeCues ?? [])];
      this.words.textContent = cues.map((cue) => cue.text).join("\n");
    });
  }

  #broken() {
    this.stage.classList.add("broken");
    this.stage.dataset.told = say("broken");
    this.drop();
  }

  /** Play from where it is; the browser may refuse sound, then it plays muted. Returns whether it is heard. */
  async play() {
    this.prepare(true);
    if (this.held || !this.video) return false;
    this.wanted = true;
    this.video.muted = !choices.sound;
    try {
      await this.video.play();
    } catch (error) {
      if (error.name === "NotAllowedError" && this.video && !this.video.muted) {
        this.video.muted = true;
        await this.video.play().catch(() => {});
      }
    }
    this.#tell();
    return Boolean(this.video) && !this.video.muted;
  }

  pause() {
    this.wanted = false;
    this.video?.pause();
  }

  toggle() {
    if (this.video && !this.video.paused) {
      this.held = true;
      this.pause();
    } else {
      this.held = false;
      this.play();
    }
    this.#tell();
  }

  /** Off screen: stop, begin anew next time, and say what was watched. */
  leave() {
    this.held = false;
    this.pause();
    if (this.video && this.video.readyState > 0) this.video.currentTime = 0;
    this.#count();
    if (this.watched) note(this.id, this.watched, { completed: Boolean(this.completed), muted: this.video?.muted ?? true });
    this.watched = 0;
    this.completed = false;
  }

  #count() {
    if (this.since) this.watched += performance.now() - this.since;
    this.since = 0;
  }

  /** Give the video's memory back. */
  drop() {
    if (!this.video) return;
    this.leave();
    const { video } = this;
    this.video = null;
    this.track = null;
    video.removeAttribute("src");
    video.load();
    video.remove();
    this.bar.remove();
    this.words.remove();
    this.stage.classList.remove("running");
  }
}
