// The composer: says while you type what is wrong and what would be drawn, completes @mentions, names the button.

import { csrfToken } from "../toast.js";
import { element, marked, outcomeWord, say } from "./words.js";

const form = document.querySelector("[data-composer]");
const prompt = form.elements.prompt;
const live = form.querySelector("[data-live]");
const line = form.querySelector("[data-line]");
const markedText = form.querySelector("[data-marked]");
const list = form.querySelector("[data-mention-list]");
const make = form.querySelector("[data-make]");
const most = Number(form.dataset.most);
const SHOWN_FAULT_FIELDS = new Set(["prompt"]);

// --- the button says what will happen ---------------------------------------------------------

function nameButton() {
  const seconds = form.querySelector('input[name="seconds"]:checked')?.value;
  if (seconds) make.textContent = make.dataset.sentence.replace("%(seconds)s", seconds);
}

form.addEventListener("change", (event) => {
  if (event.target.type === "radio") {
    nameButton();
    checkSoon();
  }
});

let sent = false;
form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => { sent = false; });

form.querySelector("[data-examples]").addEventListener("click", (event) => {
  const example = event.target.closest("[data-example]");
  if (!example) return;
  event.preventDefault();
  prompt.value = example.dataset.example;
  prompt.focus();
  checkSoon();
});

// --- the live line ----------------------------------------------------------------------------

let timer = 0;
let asked = 0;

function checkSoon() {
  clearTimeout(timer);
  timer = setTimeout(check, 350);
}

async function check() {
  const mine = ++asked;
  if (!prompt.value.trim()) {
    live.hidden = true;
    return;
  }
  let answer;
  try {
    const response = await fetch(form.dataset.check, {
      method: "POST", body: new FormData(form), headers: { "X-CSRFToken": csrfToken() },
    });
    if (!response.ok) return;
    answer = await response.json();
  } catch {
    return; // no connection: the server says the same when the form is sent
  }
  if (mine === asked) show(answer);
}

function show({ length, faults, mentions, notes, prompt: text }) {
  // A name that is still being typed is not wrong yet.
  const typing = typedMention() !== null;
  const wrong = faults.filter((fault) => SHOWN_FAULT_FIELDS.has(fault.field) && !(typing && fault.code === "unknown_mention"));
  const spans = wrong.length
    ? wrong.filter((fault) => fault.span).map((fault) => ({ start: fault.span[0], end: fault.span[1], className: "fault" }))
    : notes.map((note) => ({ ...note, className: note.outcome, label: outcomeWord(note.outcome) }));
  markedText.replaceChildren(...(spans.length ? marked(text, spans) : []));
  markedText.hidden = !spans.length;
  const items = wrong.map((fault) => element("li", "fault", fault.sentence));
  if (!wrong.length) {
    const missing = notes.filter((note) => note.outcome === "not_shown");
    const near = notes.filter((note) => note.outcome === "approximated");
    if (!missing.length && !near.length) items.push(element("li", "fine", say(notes.length ? "allClear" : "clear")));
    for (const note of near) items.push(element("li", "muted", say(note.used ? "instead" : "near", note)));
    for (const note of missing) items.push(element("li", "", say("missing", note)));
    for (const character of mentions) items.push(element("li", "muted", say("with", character)));
  }
  if (length > most * 0.8 && length <= most) items.push(element("li", "muted number", say("left", { left: most - length })));
  line.replaceChildren(...items);
  live.hidden = false;
}

// --- @mentions --------------------------------------------------------------------------------

let choices = [];
let chosen = 0;
let lookups = 0;

function typedMention() {
  const before = prompt.value.slice(0, prompt.selectionStart);
  return /(?:^|[^\w@.])@(\w{0,24})$/.exec(before)?.[1] ?? null;
}

async function suggest() {
  const typed = typedMention();
  const mine = ++lookups;
  if (typed === null) return closeList();
  let characters = [];
  try {
    const response = await fetch(`${form.dataset.mentions}?q=${encodeURIComponent(typed)}`);
    if (response.ok) ({ characters } = await response.json());
  } catch {
    return;
  }
  if (mine !== lookups) return;
  choices = characters;
  chosen = 0;
  draw();
}

function draw() {
  list.hidden = !choices.length;
  list.replaceChildren(...choices.map((character, index) => {
    const face = Object.assign(document.createElement("img"), { src: character.picture, alt: "", width: 44, height: 44, loading: "lazy" });
    const words = element("span", "", "",
      element("span", "who", "", element("strong", "", character.name), ` @${character.handle}`),
      element("span", "small muted", character.credit), element("span", "small", character.terms));
    const item = element("li", "", "", face, words);
    item.id = `mention-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(index === chosen));
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      take(index);
    });
    return item;
  }));
  if (choices.length) prompt.setAttribute("aria-activedescendant", `mention-${chosen}`);
  else prompt.removeAttribute("aria-activedescendant");
}

function closeList() {
  lookups += 1;
  choices = [];
  draw();
}

function take(index) {
  const typed = typedMention() ?? "";
  const end = prompt.selectionStart;
  prompt.setRangeText(`@${choices[index].handle} `, end - typed.length - 1, end, "end");
  closeList();
  prompt.focus();
  checkSoon();
}

prompt.setAttribute("aria-autocomplete", "list");
prompt.setAttribute("aria-controls", list.id);
prompt.setAttribute("aria-haspopup", "listbox");
prompt.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return form.requestSubmit();
  if (list.hidden) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    chosen = (chosen + steps[event.key] + choices.length) % choices.length;
    draw();
  } else if (event.key === "Enter" || event.key === "Tab") {
    event.preventDefault();
    take(chosen);
  } else if (event.key === "Escape") {
    closeList();
  }
});
prompt.addEventListener("input", () => {
  checkSoon();
  suggest();
});
prompt.addEventListener("blur", closeList);

nameButton();
checkSoon();
