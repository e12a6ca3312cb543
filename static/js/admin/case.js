// A case by keyboard: 1-9 choose what happens, b shows or blurs, n passes on, Enter decides.
// Without this file the page works the same by pointer and Tab.

const form = document.querySelector("#decision");
const explanation = form.querySelector("#explanation");
const reason = form.querySelector("#reason");
const reasonLine = form.querySelector(".reason-line");
const acts = [...form.querySelectorAll("input[name=act]")];
const reveal = document.querySelector("#reveal");
const clip = document.querySelector(".stage-clip");
let suggested = "";

/** The standard text for what is chosen, the same as the server's. */
function standard() {
  const act = acts.find((input) => input.checked);
  if (!act) return "";
  if (act.dataset.words) return act.dataset.words;
  return `${reason.selectedOptions[0].dataset.because} ${act.dataset.therefore}`;
}

/** Suggest the standard text, unless somebody wrote something of their own. */
function suggest() {
  const act = acts.find((input) => input.checked);
  reasonLine.hidden = Boolean(act && act.dataset.words);
  if (explanation.value.trim() !== "" && explanation.value !== suggested) return;
  suggested = standard();
  explanation.value = suggested;
}

function show(shown) {
  reveal.checked = shown;
  if (!shown && clip) clip.pause();
}

form.addEventListener("change", (event) => {
  if (event.target.name === "act" || event.target === reason) suggest();
});
reveal.addEventListener("change", () => show(reveal.checked));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const writing = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (writing) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = acts.find((input) => input.dataset.key === event.key);
  if (act) {
    act.checked = true;
    act.focus();
    suggest();
  } else if (event.key === "b") {
    show(!reveal.checked);
  } else if (event.key === "n") {
    document.querySelector("#later").click();
  } else if (event.key === "Enter" && !event.target.matches("a, button, summary, video") && acts.some((input) => input.checked)) {
    form.requestSubmit();
  } else {
    return;
  }
  event.preventDefault();
});

suggest();
