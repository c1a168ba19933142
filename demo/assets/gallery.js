// The picture dialog: shows the picture whose button was pressed and walks to its neighbours.
"use strict";

const dialog = document.getElementById("photo-dialog");
const like = document.getElementById("dialog-like");
const pictures = [...document.querySelectorAll(".picture")];
const liked = new Set();
let current = 0;

function show(index) {
  current = (index + pictures.length) % pictures.length;
  const picture = pictures[current];
  const image = picture.querySelector("img");
  const view = document.getElementById("dialog-image");
  view.src = image.src;
  view.alt = image.alt;
  document.getElementById("dialog-title").textContent = picture.querySelector("strong").textContent;
  document.getElementById("dialog-text").textContent = picture.dataset.text;
  like.setAttribute("aria-pressed", String(liked.has(current)));
}

for (const [index, picture] of pictures.entries()) {
  picture.addEventListener("click", () => {
    show(index);
    dialog.showModal();
  });
}

document.getElementById("dialog-close").addEventListener("click", () => dialog.close());
document.getElementById("dialog-prev").addEventListener("click", () => show(current - 1));
document.getElementById("dialog-next").addEventListener("click", () => show(current + 1));
like.addEventListener("click", () => {
  if (!liked.delete(current)) liked.add(current);
});
