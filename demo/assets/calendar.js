// The calendar: marks the rows of one kind and counts the days a visitor has chosen. The rows never move.
"use strict";

const panel = document.getElementById("calendar-panel");
const count = document.getElementById("calendar-count");

function showCount() {
  const chosen = panel.querySelectorAll('button[aria-pressed="true"]').length;
  count.textContent = count.dataset.text.replace("{n}", String(chosen));
}

function showKind() {
  const kind = document.querySelector('[data-kind][aria-pressed="true"]')?.dataset.kind;
  for (const row of panel.querySelectorAll("li")) row.classList.toggle("marked", row.dataset.is === kind);
}

// demo.js, loaded first, has turned the button over by the time this listener runs.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[aria-pressed]");
  if (!button) return;
  if (panel.contains(button)) showCount();
  else if (button.dataset.kind) showKind();
});

showCount();
