// The vertical feed: which clip plays, which come next, keys, and more clips as one goes down.

import { choices, choose, still } from "./choices.js";
import { Player } from "./player.js";
import { begin, like, say, share, toast } from "./talk.js";

const AHEAD = 4; // fetch more when so few are left
const KEPT = 2; // videos kept on either side of the one that plays

const feed = document.querySelector(".feed");
if (feed) start();

function start() {
  begin(feed);
  const list = feed.querySelector("[role=feed]");
  const players = [];
  const byArticle = new Map();
  let current = -1;
  let loading = false;

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const player = byArticle.get(entry.target.closest(".clip"));
        if (!player) continue;
        player.seen = entry.intersectionRatio;
      }
      const best = players.findIndex((player) => player.seen >= 0.5);
      if (best !== current) become(best);
    },
    { root: feed, threshold: [0, 0.5, 0.9] },
  );

  adopt(feed.querySelectorAll("article.clip"));
  if (!players.length) return;

  function adopt(articles) {
    for (const article of articles) {
      const player = new Player(article, (liked) => like(liked.id, button(liked.article, "like"), true));
      player.seen = 0;
      byArticle.set(article, player);
      players.push(player);
      article.setAttribute("aria-posinset", String(players.length));
      watcher.observe(article.querySelector(".stage"));
    }
    for (const time of feed.querySelectorAll("time:not([data-told])")) tellTime(time);
    if (!feed.querySelector("[data-more]")) {
      for (const player of players) player.article.setAttribute("aria-setsize", String(players.length));
    }
  }

  function become(place) {
    players[current]?.leave();
    current = place;
    players.forEach((player, at) => {
      if (current < 0) return;
      if (Math.abs(at - current) > KEPT) player.drop();
      else if (at === current + 1) player.prepare(true);
      else if (at === current + 2) player.prepare(false);
    });
    if (current >= 0) playNow();
    if (current >= players.length - AHEAD) more();
  }

  async function playNow() {
    if (!choices.autoplay || document.hidden) return;
    await players[current]?.play();
    showSound();
  }

  // --- more clips ---

  async function more() {
    const link = feed.querySelector("[data-more] a");
    if (!link || loading) return;
    loading = true;
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.dataset.next);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = document.createElement("template");
      page.innerHTML = await answer.text();
      const known = new Set(players.map((player) => player.id));
      const fresh = [...page.content.querySelectorAll("article.clip")].filter((one) => !known.has(one.dataset.id));
      const last = page.content.querySelector("[data-more], .end");
      list.append(...fresh);
      link.closest("[data-more]").replaceWith(...(last ? [last] : []));
      adopt(fresh);
    } catch {
      toast(say("failed"), "error"); // the link stays, for another try
    } finally {
      loading = false;
      list.setAttribute("aria-busy", "false");
    }
  }

  // --- controls ---

  const control = (name) => document.querySelector(`[data-control="${name}"]`);
  const button = (article, name) => article.querySelector(`[data-act="${name}"]`);
  for (const each of document.querySelectorAll(".control")) each.hidden = false;

  function showSound() {
    const heard = choices.sound && !(players[current]?.video?.muted ?? false);
    control("sound").setAttribute("aria-pressed", String(heard));
  }
  function setSound(on) {
    choose("sound", on);
    for (const player of players) if (player.video) player.video.muted = !on;
    if (on && current >= 0 && players[current].wanted) players[current].play().then(showSound);
    showSound();
  }
  function setCaptions(on) {
    choose("captions", on);
    showCaptions();
  }
  function showCaptions() {
    control("captions").setAttribute("aria-pressed", String(choices.captions));
    feed.classList.toggle("silent-film", !choices.captions);
  }
  showSound();
  showCaptions();
  control("sound").addEventListener("click", () => setSound(control("sound").getAttribute("aria-pressed") !== "true"));
  control("captions").addEventListener("click", () => setCaptions(!choices.captions));
  control("help").addEventListener("click", help);

  function help() {
    document.getElementById("help").showModal();
  }
  for (const box of document.querySelectorAll("[data-setting]")) {
    box.checked = choices[box.dataset.setting];
    box.addEventListener("change", () => {
      choose(box.dataset.setting, box.checked);
      document.body.classList.toggle("no-letters", !choices.letters);
      if (box.dataset.setting === "autoplay" && current >= 0) {
        if (box.checked) playNow();
        else players[current].pause();
      }
    });
  }
  document.body.classList.toggle("no-letters", !choices.letters);

  feed.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]");
    if (!act) return;
    const article = act.closest(".clip");
    if (act.dataset.act === "like") like(article.dataset.id, act);
    if (act.dataset.act === "share") share(article.dataset.id, article.querySelector(".caption").textContent);
  });

  // --- keys ---

  function go(step) {
    const slides = [...feed.querySelectorAll(".clip")];
    const here = current < 0 ? slides.findIndex((slide) => slide.classList.contains("end")) : slides.indexOf(players[current].article);
    const there = slides[Math.max(0, Math.min(slides.length - 1, here + step))];
    if (!there) return;
    there.scrollIntoView({ behavior: still() ? "instant" : "smooth", block: "start" });
    if (there.tabIndex >= 0) there.focus({ preventScroll: true });
  }

  const keys = {
    ArrowDown: () => go(1),
    ArrowUp: () => go(-1),
    PageDown: () => go(1),
    PageUp: () => go(-1),
    " ": () => players[current]?.toggle(),
  };
  const letters = {
    j: () => go(1),
    k: () => go(-1),
    m: () => setSound(control("sound").getAttribute("aria-pressed") !== "true"),
    l: () => current >= 0 && like(players[current].id, button(players[current].article, "like")),
    c: () => setCaptions(!choices.captions),
    "?": help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === " " && event.target.closest("a, button")) return;
    const act = keys[event.key] ?? (choices.letters ? letters[event.key.toLowerCase()] : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  });

  // Out of the feed with Ctrl+Home and Ctrl+End, as the pattern for feeds has it.
  feed.addEventListener("keydown", (event) => {
    if (!event.ctrlKey || (event.key !== "Home" && event.key !== "End")) return;
    const outside = event.key === "Home" ? document.querySelector(".nav a") : control("help");
    event.preventDefault();
    outside?.focus();
  });

  document.addEventListener("visibilitychange", () => {
    if (current < 0) return;
    if (document.hidden) players[current].pause();
    else if (!players[current].held) playNow();
  });
}

function tellTime(time) {
  time.dataset.told = "yes";
  const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
  const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, length] = steps.find(([, each]) => Math.abs(seconds) >= each) ?? ["minute", 60];
  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
  time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang);
  time.textContent = relative.format(Math.round(seconds / length), unit);
}
