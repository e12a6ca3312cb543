// Small comforts on forms about oneself: see the password, share a link, look at a picture before it is sent.

const eye = (name, path) => `<svg class="icon ${name}" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</g></svg>`;
const EYES =
  eye("open", '<path d="M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7-10-7-10-7"/><circle cx="12" cy="12" r="3"/>') +
  eye("closed", '<path d="m3 3 18 18M10.6 5.1A9 9 0 0 1 12 5c6.4 0 10 7 10 7a17 17 0 0 1-2.7 3.6M6.6 6.6A17 17 0 0 0 2 12s3.6 7 10 7a10 10 0 0 0 5.4-1.6M9.9 9.9a3 3 0 0 0 4.2 4.2"/>');

/** Puts a button into each password field that shows what is typed. */
function reveal(input) {
  const box = document.createElement("span");
  box.className = "reveal-box";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", input.closest("[data-reveal]")?.dataset.reveal ?? "👁");
  button.innerHTML = EYES;
  input.before(box);
  box.append(input, button);
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
}

document.querySelectorAll('input[type="password"]').forEach(reveal);
document.querySelectorAll("input[readonly]").forEach((input) => input.addEventListener("focus", () => input.select()));
if (navigator.share) {
  document.querySelectorAll("[data-share]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ title: button.dataset.shareTitle, url: button.dataset.share }).catch(() => {});
    });
  });
}

const picture = document.querySelector("[data-avatar]");
document.querySelector("[data-avatar-form] input[type=file]")?.addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const reader = new FileReader(); // a data: address, because blob: is not among the allowed image sources
  reader.addEventListener("load", () => { picture.src = reader.result; });
  reader.readAsDataURL(file);
});

document.querySelector(".field.wrong input, .field.wrong textarea")?.focus();
document.querySelector('.manage-nav a[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });
