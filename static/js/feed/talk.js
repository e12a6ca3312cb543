// Words to the person and requests to the site. The texts come with the page, in its language.

import { toast } from "../toast.js";

export { toast };

let words = document.body.dataset;

/** `element` carries the page's texts, the token for writes and the API's address as data attributes. */
export function begin(element) {
  words = element.dataset;
}

export const say = (name) => words[name] ?? "";
export const isKnown = () => Boolean(words.person);

/** A write to the API. Returns what it answered; throws with the site's own sentence. */
export async function write(method, path, body) {
  const answer = await fetch(words.api + path, {
    method,
    keepalive: true,
    headers: { "Content-Type": "application/json", "X-CSRFToken": words.token },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Error(told.detail ?? words.failed);
  }
  return answer.status === 204 ? null : answer.json();
}

/** Offer to join or log in. */
export function invite() {
  document.getElementById("join")?.showModal();
}

/** Like or unlike by a button that says how it stands; back to what it was if the site refuses. */
export async function like(id, button, wanted = button.getAttribute("aria-pressed") !== "true") {
  if (!isKnown()) return invite();
  const was = button.getAttribute("aria-pressed") === "true";
  if (was === wanted || button.dataset.busy) return;
  button.dataset.busy = "yes";
  button.setAttribute("aria-pressed", String(wanted));
  try {
    const told = await write(wanted ? "PUT" : "DELETE", `/posts/${id}/like`);
    button.querySelector(".count").textContent = told.like_count.toLocaleString(document.documentElement.lang);
  } catch (error) {
    button.setAttribute("aria-pressed", String(was));
    toast(error.message, "error");
  } finally {
    delete button.dataset.busy;
  }
}

export async function share(id, title) {
  const url = `${words.origin}/v/${id}`;
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ title, url });
      return;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    toast(words.copied);
  } catch {
    window.prompt(words.copied, url);
  }
}

for (const dialog of document.querySelectorAll("dialog.sheet")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
}
