// The live page: plays a clip while it is being made, and keeps the words around it true.

import { toast } from "../toast.js";
import { LivePlayer } from "./player.js";
import { element, marked, outcomeWord, say } from "./words.js";

const root = document.querySelector("[data-draft]");
const part = (name) => root.querySelector(`[data-${name}]`);
const video = part("video");
const prompt = part("marked").textContent;
const ENDS = new Set(["ready", "failed", "cancelled"]);

let now = JSON.parse(document.getElementById("snapshot").textContent);
let etaUntil = 0;

const player = new LivePlayer(video, {
  started() {
    part("wait").hidden = true;
    video.hidden = false;
    part("sound").hidden = !video.muted;
  },
});

// --- what the page says -----------------------------------------------------------------------

function stateWords() {
  if (now.deleted) return say("deleted");
  if (now.state === "queued") return now.position === 1 ? say("next") : now.position ? say("place", now) : say("queued");
  if (now.state === "running") return say(now.stage === "waiting" ? "storyboard" : now.stage);
  return now.state === "ready" ? "" : say(now.state);
}

function draw() {
  part("words").textContent = stateWords();
  part("wait").classList.toggle("still", ENDS.has(now.state) || Boolean(now.deleted));
  part("status").hidden = ENDS.has(now.state) || Boolean(now.deleted);
  part("progress").value = now.progress;
  part("problem").hidden = now.state !== "failed";
  part("problem-words").textContent = now.problem_sentence ?? "";
  for (const element_ of root.querySelectorAll("[data-when]")) element_.hidden = !element_.dataset.when.split(" ").includes(now.state);
  if (now.clip) part("download").href = `${now.clip}?download=1`;
  drawBoard();
  drawNotes();
}

function drawBoard() {
  if (!now.shots?.length) return;
  part("board").replaceChildren(...now.shots.map((shot, index) => {
    const card = element("li", "shot", "", element("span", "title", "",
      element("span", "", say("shot", { number: index + 1 })), element("span", "muted number", say("seconds", { seconds: Math.round(shot.seconds * 10) / 10 }))));
    card.append(element("span", "", [shot.setting, shot.time, shot.weather].join(say("comma"))));
    for (const { noun, count, actions } of shot.subjects) {
      card.append(element("span", "", say("does", { who: `${count > 1 ? `${count} × ` : ""}${noun}`, what: actions.join(say("comma")) })));
    }
    for (const text of shot.lines) card.append(element("span", "muted", say("says", { text })));
    card.append(element("span", "muted", shot.camera));
    return card;
  }));
}

function drawNotes() {
  const notes = now.notes ?? [];
  part("notes-box").hidden = !notes.length;
  const badge = { shown: "ok", approximated: "warn", not_shown: "danger" };
  part("notes").replaceChildren(...notes.map((note) => element("li", "", "",
    element("span", `badge ${badge[note.outcome]}`, outcomeWord(note.outcome)),
    element("span", "phrase", note.phrase),
    ...(note.used && note.outcome === "approximated" ? [element("span", "muted", say("as", note))] : []))));
  const spans = notes.map((note) => ({ ...note, className: note.outcome, label: outcomeWord(note.outcome) }));
  if (notes.length) part("marked").replaceChildren(...marked(prompt, spans));
}

function drawEta() {
  const words = part("eta");
  if (ENDS.has(now.state) || now.eta == null) return void (words.textContent = "");
  const left = Math.round((etaUntil - performance.now()) / 1000);
  const sentence = left <= 1 ? say("soon") : left < 90 ? say("eta", { seconds: left }) : say("minutes", { minutes: Math.round(left / 60) });
  const text = `${stateWords()} · ${sentence}`;
  if (words.textContent !== text) words.textContent = text;
}

// --- news -------------------------------------------------------------------------------------

function take(news) {
  const before = now.state;
  now = { ...now, ...news };
  if ("eta" in news && news.eta != null) etaUntil = performance.now() + news.eta * 1000;
  if (now.state === "running" || now.state === "ready") player.follow(now);
  if (now.state === "queued" || now.state === "failed" || now.state === "cancelled") player.reset();
  if (now.state === "ready" && before !== "ready") becameReady();
  if (now.state !== "running" && now.state !== "ready") {
    part("wait").hidden = false;
    video.hidden = true;
    part("sound").hidden = true;
  }
  draw();
  drawEta();
}

async function becameReady() {
  toast(say("ready"), "visually-hidden"); // heard: who looks sees the form appear
  player.finish(now);
  part("sound").hidden = !video.muted;
  // The form that publishes belongs to the page of a clip that is ready.
  try {
    const page = new DOMParser().parseFromString(await (await fetch(root.dataset.page)).text(), "text/html");
    const form = page.querySelector("[data-publish]");
    if (form) part("publish").replaceWith(document.adoptNode(form));
  } catch {
    // The next visit shows it.
  }
}

let failures = 0;
let polling = 0;

function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${root.dataset.socket}`);
  socket.addEventListener("message", (event) => {
    failures = 0;
    stopPolling();
    take(JSON.parse(event.data));
    if (now.state === "ready") socket.close(1000);
  });
  socket.addEventListener("close", (event) => {
    if (now.state === "ready" || now.deleted) return;
    if (event.code === 4410) return take({ deleted: true, state: "cancelled" });
    failures += 1;
    if (failures > 1) startPolling();
    if (failures === 3) toast(say("lost"));
    const wait = Math.min(8000, 400 * 2 ** failures) * (0.7 + 0.6 * Math.random());
    setTimeout(connect, wait);
  });
}

function startPolling() {
  if (!polling) polling = setInterval(poll, 2000);
}

function stopPolling() {
  clearInterval(polling);
  polling = 0;
}

async function poll() {
  try {
    const response = await fetch(root.dataset.live, { headers: { Accept: "application/json" } });
    if (response.status === 401) return void location.reload();
    if (response.status === 404) return take({ deleted: true, state: "cancelled" });
    if (response.ok) take(await response.json());
    if (ENDS.has(now.state)) stopPolling();
  } catch {
    // Out of reach: the next round asks again.
  }
}

part("sound").addEventListener("click", () => {
  video.muted = false;
  video.play();
  part("sound").hidden = true;
});
video.addEventListener("volumechange", () => {
  if (!video.muted) part("sound").hidden = true;
});

if (now.eta != null) etaUntil = performance.now() + now.eta * 1000;
draw();
if (now.state === "running") player.follow(now);
if (now.state === "ready") {
  video.hidden = false;
  video.play().catch(() => {});
} else {
  connect();
  setInterval(drawEta, 1000);
}
