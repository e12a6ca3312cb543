// Grids of posters: the blurred placeholder behind each until its picture is there.

import { paint } from "./thumbhash.js";

for (const image of document.querySelectorAll("[data-tiles] img[data-hash]")) {
  if (image.complete) continue;
  const canvas = document.createElement("canvas");
  canvas.className = "haze";
  canvas.width = canvas.height = 24;
  canvas.setAttribute("aria-hidden", "true");
  paint(canvas, image.dataset.hash);
  image.before(canvas);
}
