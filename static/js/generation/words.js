// Sentences come from the page, in the reader's language; here they are filled in.

const words = document.getElementById("live-words").dataset;

/** The sentence `name`, with `%(word)s` replaced by `values.word`. */
export function say(name, values = {}) {
  return words[name].replace(/%\((\w+)\)s/g, (_whole, word) => values[word] ?? "");
}

/** An element with text, and children where given. Text is never read as markup. */
export function element(tag, className = "", text = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

const OUTCOMES = { shown: "shown", approximated: "approximated", not_shown: "notShown" };

/** What became of a phrase, as a word. */
export function outcomeWord(outcome) {
  return say(OUTCOMES[outcome]);
}

/** `text` with marks: `spans` are `{start, end, className, label}` in code points, as the server counts them. */
export function marked(text, spans) {
  const letters = [...text];
  const parts = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start < at || span.end > letters.length) continue;
    parts.push(letters.slice(at, span.start).join(""));
    const mark = element("mark", span.className, letters.slice(span.start, span.end).join(""));
    if (span.label) mark.append(element("span", "visually-hidden", ` (${span.label})`));
    parts.push(mark);
    at = span.end;
  }
  parts.push(letters.slice(at).join(""));
  return parts;
}
