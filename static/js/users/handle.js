// Says while typing whether a handle is free. The server has the last word when the form is sent.

const WAIT_MS = 350;

function watch(box) {
  const input = box.querySelector("input");
  const verdict = box.querySelector(".handle-verdict");
  let timer = 0;
  let question = new AbortController();

  function say(sentence, kind) {
    verdict.textContent = sentence;
    verdict.className = `handle-verdict small ${kind}`;
    input.setAttribute("aria-invalid", String(kind === "taken"));
  }

  async function ask() {
    question.abort();
    question = new AbortController();
    const handle = input.value.trim();
    if (handle.length < 3) return say("", "");
    try {
      const response = await fetch(`${box.dataset.handleCheck}?handle=${encodeURIComponent(handle)}`, {
        headers: { Accept: "application/json" },
        signal: question.signal,
      });
      const { fine, sentence } = await response.json();
      if (fine !== null) say(sentence, fine ? "fine" : "taken");
    } catch {
      say("", ""); // out of reach or overtaken by the next letter: the form decides
    }
  }

  input.addEventListener("input", () => {
    box.querySelectorAll(".error").forEach((error) => error.remove());
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
}

document.querySelectorAll("[data-handle-check]").forEach(watch);
