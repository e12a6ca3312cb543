// The permalink: the browser's own player, with likes, sharing and honest counting.

import { begin, like, share } from "./talk.js";
import { paint } from "./thumbhash.js";
import { note, send } from "./views.js";

const post = document.querySelector(".post");
begin(post);
const video = post.querySelector("video");
const stage = post.querySelector(".stage");
const canvas = document.createElement("canvas");
canvas.className = "haze";
canvas.width = canvas.height = 24;
canvas.setAttribute("aria-hidden", "true");
paint(canvas, stage.dataset.hash);
stage.prepend(canvas);

let since = 0;
let before = 0;
let completed = false;
function stop() {
  if (since) note(post.dataset.id, performance.now() - since, { completed, muted: video.muted });
  since = 0;
  completed = false;
}
video.addEventListener("playing", () => (since ||= performance.now()));
video.addEventListener("pause", stop);
video.addEventListener("timeupdate", () => {
  if (video.currentTime < before) completed = true;
  before = video.currentTime;
});
addEventListener("pagehide", () => {
  stop();
  send();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stop();
    send();
  } else if (!video.paused) since = performance.now();
});

post.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]");
  if (act?.dataset.act === "like") {
    event.preventDefault();
    like(post.dataset.id, act);
  }
  if (act?.dataset.act === "share") share(post.dataset.id, document.title);
});
