"use strict";

// Dark or light: what the system says, until the button says otherwise.
const root = document.documentElement;
const themeButton = document.getElementById("theme");
function remember(key, value) {
  try { return value === undefined ? localStorage.getItem(key) : localStorage.setItem(key, value); } catch { return null; }
}
function setTheme(isDark) {
  root.dataset.theme = isDark ? "dark" : "light";
  themeButton.setAttribute("aria-pressed", isDark);
}
const system = matchMedia("(prefers-color-scheme: dark)");
const chosen = remember("theme");
setTheme(chosen ? chosen === "dark" : system.matches);
system.addEventListener("change", event => remember("theme") || setTheme(event.matches));
themeButton.addEventListener("click", () => {
  setTheme(root.dataset.theme !== "dark");
  remember("theme", root.dataset.theme);
});

// Sorting: numbers by their value, text by the language; a second click turns it round.
for (const table of document.querySelectorAll("table.sortable")) {
  const rows = [...table.tBodies[0].rows];
  const compare = (a, b) => a.dataset.value === undefined
    ? a.textContent.trim().localeCompare(b.textContent.trim(), undefined, { numeric: true })
    : Number(a.dataset.value) - Number(b.dataset.value);
  for (const button of table.tHead.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const heading = button.closest("th"), column = Number(button.dataset.column);
      const descending = heading.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      rows.sort((a, b) => (descending ? -1 : 1) * compare(a.cells[column], b.cells[column]));
      table.tBodies[0].append(...rows);
    });
  }
}

// One sound at a time. Within a take, what is started goes on where the other one was.
const players = [...document.querySelectorAll("audio")];
function follow(player, other) {
  const at = other.currentTime;
  if (player.readyState > 0) player.currentTime = at;
  else player.addEventListener("loadedmetadata", () => { player.currentTime = at; }, { once: true });
}
for (const player of players) {
  player.addEventListener("play", () => {
    for (const other of players) {
      if (other === player || other.paused) continue;
      if (player.closest(".take") && player.closest(".take") === other.closest(".take")) follow(player, other);
      other.pause();
    }
  });
}

// The playhead of a card's roll follows whichever of its players was started last.
for (const card of document.querySelectorAll(".card")) {
  const roll = card.querySelector("svg.roll"), own = [...card.querySelectorAll("audio")];
  if (!roll || !own.length) continue;
  const head = roll.querySelector(".playhead"), view = roll.viewBox.baseVal;
  let current = own[0];
  const move = () => head.setAttribute("transform", `translate(${current.currentTime} 0)`);
  const run = () => { move(); if (!current.paused && !current.ended) requestAnimationFrame(run); };
  for (const player of own) {
    player.addEventListener("play", () => { current = player; run(); });
    player.addEventListener("seeked", () => { current = player; move(); });
  }
  roll.addEventListener("click", event => {
    const box = roll.getBoundingClientRect();
    const seconds = Math.max(0, view.x + (event.clientX - box.left) / box.width * view.width);
    const go = () => { current.currentTime = Math.min(seconds, current.duration || seconds); };
    if (current.readyState > 0) go();
    else { current.addEventListener("loadedmetadata", go, { once: true }); current.load(); }
  });
}

// Songs share one player: the buttons of a song's recording and transcription hand over the time.
const deck = document.getElementById("deck"), deckPlayer = document.getElementById("deck-player");
let pressed = null;
function show() {
  for (const link of document.querySelectorAll("a.listen")) link.setAttribute("aria-pressed", link === pressed && !deckPlayer.paused);
}
function press(link) {
  if (pressed === link) {
    if (deckPlayer.paused) deckPlayer.play(); else deckPlayer.pause();
    return;
  }
  const goesOn = pressed && pressed.dataset.pair === link.dataset.pair;
  const at = goesOn ? deckPlayer.currentTime : 0;
  pressed = link;
  deck.hidden = false;
  document.getElementById("deck-title").textContent = link.getAttribute("aria-label").replace("Play the ", "");
  deckPlayer.src = link.getAttribute("href");
  if (at) deckPlayer.addEventListener("loadedmetadata", () => { deckPlayer.currentTime = at; }, { once: true });
  deckPlayer.play();
}
for (const name of ["play", "pause", "ended"]) deckPlayer.addEventListener(name, show);
document.addEventListener("click", event => {
  const link = event.target.closest("a.listen");
  if (link) { event.preventDefault(); press(link); }
});
document.addEventListener("keydown", event => {
  const link = event.target.closest?.("a.listen");
  if (link && event.key === " ") { event.preventDefault(); press(link); }
});
