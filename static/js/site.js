// What every page needs: toasts that leave, a toast for others to raise, and buttons that copy or confirm.

const toasts = document.querySelector(".toasts");

/** Show a sentence for a while. `kind` is "" or "error". */
export function toast(text, kind = "") {
  const element = document.createElement("p");
  element.className = `toast ${kind}`;
  element.textContent = text;
  toasts.append(element);
  leave(element);
}

function leave(element) {
  setTimeout(() => element.remove(), Math.max(4000, element.textContent.length * 70));
}

/** The token that Django asks for with every unsafe request. */
export function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

document.querySelectorAll(".toasts .toast").forEach(leave);

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    try {
      await navigator.clipboard.writeText(copier.dataset.copy);
      toast(copier.dataset.copied);
    } catch {
      window.prompt(copier.textContent.trim(), copier.dataset.copy);
    }
  }
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
