// The log book: a single-page app of three views with History API routing. The server sends the same page for every
// address below /demo/app/; the view is chosen here and cloned from its <template>.
"use strict";

const ROUTES = { "/demo/app/": "springs", "/demo/app/water": "water", "/demo/app/помощ": "help" };

const outlet = document.getElementById("view");
const notebook = { pressed: new Map(), bucket: 10, seconds: 28, readings: [] };

function route(pathname) {
  try {
    return ROUTES[decodeURI(pathname)] ?? "missing";
  } catch {
    return "missing";
  }
}

function remember() {
  for (const button of outlet.querySelectorAll("button[aria-pressed]")) {
    notebook.pressed.set(button.id, button.getAttribute("aria-pressed"));
  }
}

function recall() {
  for (const button of outlet.querySelectorAll("button[aria-pressed]")) {
    const pressed = notebook.pressed.get(button.id);
    if (pressed) button.setAttribute("aria-pressed", pressed);
  }
}

function render() {
  const name = route(location.pathname);
  const template = document.getElementById(`view-${name}`);
  document.title = template.dataset.title;
  outlet.lang = template.lang || "en";
  outlet.replaceChildren(template.content.cloneNode(true));
  for (const link of document.querySelectorAll("#app-tabs a")) {
    if (route(new URL(link.href).pathname) === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  recall();
  if (name === "water") showMeasure();
}

function showMeasure() {
  const flow = Math.round((notebook.bucket / notebook.seconds) * 60);
  document.getElementById("seconds").textContent = `${notebook.seconds} s`;
  document.getElementById("flow").textContent = `${flow} l/min`;
  document.getElementById("readings").replaceChildren(
    ...notebook.readings.map((reading) => {
      const item = document.createElement("li");
      item.textContent = reading;
      return item;
    }),
  );
}

/** What the buttons of the water view do, by id. */
const MEASURE = {
  "bucket-5": () => (notebook.bucket = 5),
  "bucket-10": () => (notebook.bucket = 10),
  "seconds-less": () => (notebook.seconds = Math.max(2, notebook.seconds - 1)),
  "seconds-more": () => (notebook.seconds = Math.min(120, notebook.seconds + 1)),
  "reading-save": () => {
    const water = document.querySelector('[data-group="look"][aria-pressed="true"]')?.textContent.trim() ?? "";
    const line = [document.getElementById("flow").textContent, `${notebook.bucket} l in ${notebook.seconds} s`, water];
    notebook.readings = [line.filter(Boolean).join(" · "), ...notebook.readings].slice(0, 4);
  },
};

outlet.addEventListener("click", (event) => {
  const act = MEASURE[event.target.closest("button")?.id];
  if (!act) return;
  act();
  showMeasure();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-route]");
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.href === location.href) return;
  remember();
  history.pushState(null, "", link.href);
  render();
  scrollTo(0, 0);
  outlet.querySelector("h2")?.focus({ preventScroll: true });
});

addEventListener("popstate", () => {
  remember();
  render();
});

render();
