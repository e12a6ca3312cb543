// What every page does by itself: toasts that leave, buttons that copy, forms that ask before they act.

import { leave, toast } from "./toast.js";

document.querySelectorAll(".toasts .toast").forEach(leave);

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (!copier) return;
  try {
    await navigator.clipboard.writeText(copier.dataset.copy);
    toast(copier.dataset.copied);
  } catch {
    window.prompt(copier.textContent.trim(), copier.dataset.copy);
  }
});

document.addEventListener("click", (event) => {
  const leaving = event.target.closest("[data-leave]");
  if (!leaving) return;
  event.preventDefault();
  history.replaceState(null, "", leaving.href);
  leaving.closest("[data-leaves]").remove();
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
