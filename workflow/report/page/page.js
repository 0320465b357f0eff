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

// Sorting: numbers by their value, text by the language; a second click turns it round, but for what is empty.
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
      const isEmpty = row => row.cells[column].dataset.value === "";
      rows.sort((a, b) => isEmpty(a) - isEmpty(b) || (descending ? -1 : 1) * compare(a.cells[column], b.cells[column]));
      table.tBodies[0].append(...rows);
    });
  }
}

// One sound at a time. Within a take, what is started goes on where the other one was.
const players = [...document.querySelectorAll("audio")];
const pending = new Map();
function moveTo(player, seconds) {
  if (player.readyState > 0) player.currentTime = seconds;
  else pending.set(player, seconds);
}
for (const player of players) {
  player.addEventListener("loadedmetadata", () => {
    if (pending.has(player)) player.currentTime = pending.get(player);
    pending.delete(player);
  });
  player.addEventListener("play", () => {
    for (const other of players) {
      if (other === player || other.paused) continue;
      if (player.closest(".take") && player.closest(".take") === other.closest(".take")) moveTo(player, other.currentTime);
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
    moveTo(current, seconds);
    if (current.readyState === 0) current.load();
  });
}

// Songs share one player: the buttons of a song's recording and transcription hand over the time.
const deck = document.getElementById("deck"), deckPlayer = document.getElementById("deck-player");
let pressed = null;
const start = () => deckPlayer.play().catch(() => {}); // another song was chosen before this one began
function show() {
  for (const link of document.querySelectorAll("a.listen")) link.setAttribute("aria-pressed", link === pressed && !deckPlayer.paused);
}
function press(link) {
  if (pressed === link) {
    if (deckPlayer.paused) start(); else deckPlayer.pause();
    return;
  }
  const goesOn = pressed && pressed.dataset.pair === link.dataset.pair;
  const at = goesOn ? deckPlayer.currentTime : 0;
  pressed = link;
  deck.hidden = false;
  document.getElementById("deck-title").textContent = link.getAttribute("aria-label").replace("Play the ", "");
  deckPlayer.src = link.getAttribute("href");
  pending.set(deckPlayer, at);
  start();
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
