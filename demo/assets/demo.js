// Toggle buttons and the contact form: small visible answers that never move the layout and never leave the page.
"use strict";

/** Writes what an element has to say into the status line it names in data-status. */
function say(source, text) {
  const line = document.getElementById(source.dataset.status ?? "");
  if (line) line.textContent = text ?? "";
}

/** Turns a toggle over; within a data-group at most one button stays pressed. */
function toggle(button) {
  const pressed = button.getAttribute("aria-pressed") !== "true";
  for (const other of document.querySelectorAll("button[data-group]")) {
    if (other.dataset.group === button.dataset.group) other.setAttribute("aria-pressed", "false");
  }
  button.setAttribute("aria-pressed", String(pressed));
  say(button, pressed ? button.dataset.on : button.dataset.off);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[aria-pressed]");
  if (button) toggle(button);
});

// The form belongs to a demo: it thanks the visitor and sends nothing anywhere.
document.getElementById("contact-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const written = form.elements.namedItem("message").value.trim() !== "";
  say(form, written ? form.dataset.on : form.dataset.off);
});
