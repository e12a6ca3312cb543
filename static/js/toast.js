// A sentence that shows for a while, and the token of a write. Modules import this file; it does nothing by itself.

/** Show a sentence. `kind` is "" or "error". */
export function toast(text, kind = "") {
  const element = document.createElement("p");
  element.className = `toast ${kind}`;
  element.textContent = text;
  document.querySelector(".toasts").append(element);
  leave(element);
}

/** Take a sentence away when it can have been read. */
export function leave(element) {
  setTimeout(() => element.remove(), Math.max(4000, element.textContent.length * 70));
}

/** The token that Django asks for with every unsafe request. */
export function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}
