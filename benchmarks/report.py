"""How fast the page opens and scrolls with many songs and takes, beside a plain page of the same
music: a rectangle a note, every player loaded at once. Both in headless Chromium.

The results are made up; the page is written from them as after a run.
"""

import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from _library import ROOT
from _measure import BenchmarkError, call, machine, parser, show, show_json

sys.path.insert(0, str(ROOT / "tests/support"))
from small_results import SmallResults

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TAKES_A_MODEL, SECONDS = 10, 40
NOTE = re.compile(r"M(-?[\d.]+) ([\d.]+)h([\d.]+)")
ROLL = re.compile(r'<path class="(\w+)" d="(M[^"]*h[^"]*)"/>')
# Frames while the page is scrolled from top to bottom, a fifth of the window each time.
SCROLL = """async () => {
    const step = innerHeight / 5, times = [];
    for (let y = 0; y < document.documentElement.scrollHeight; y += step) {
        scrollTo({top: y, behavior: "instant"});
        const begin = performance.now();
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - begin);
    }
    times.sort((a, b) => a - b);
    return {median: times[times.length >> 1], p95: times[Math.floor(times.length * 0.95)]};
}"""
OPENED = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return {paint: paint.startTime, load: page.loadEventEnd};
}"""


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--songs", type=int, default=100, metavar="N")
    options.add_argument("--repeats", type=int, default=5, metavar="N", help="medians of N visits")
    given = options.parse_args()
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise BenchmarkError("no Chromium is installed")
    facts = machine(["jinja2", "matplotlib", "playwright"])
    with tempfile.TemporaryDirectory() as folder:
        songs = {f"song-{n:03}": f"data/songs/Song {n}.mp3" for n in range(given.songs)}
        takes = [f"take-{n}" for n in range(TAKES_A_MODEL)]
        results = SmallResults(Path(folder), songs, takes, seconds=SECONDS)
        begin = time.perf_counter()
        text = results.write()
        writing = time.perf_counter() - begin
        plain = results.page.with_name("plain.html")
        plain.write_text(_as_plain(text), encoding="utf-8")
        rows = _visit(browser, {"ours": results.page, "plain": plain}, given.repeats)
    if given.json:
        show_json({"machine": facts, "writing_seconds": writing, "pages": rows})
        return
    notes = (
        f"{given.songs} songs, {2 * TAKES_A_MODEL} takes; our page is written in {writing:.1f} s."
    )
    show(facts, list(rows[0]), [list(row.values()) for row in rows], notes)


def _as_plain(text: str) -> str:
    """The same page as one would write it first."""

    def rectangles(path: re.Match) -> str:
        return "".join(
            f'<rect class="{path[1]}" x="{x}" y="{float(y) - 0.5}" width="{length}" height="1"/>'
            for x, y, length in NOTE.findall(path[2])
        )

    text = ROLL.sub(rectangles, text)
    text = text.replace('preload="none"', 'preload="auto"').replace('loading="lazy"', "")
    text = re.sub(
        r'<a class="listen"[^>]* href="([^"]*)"[^>]*>\w+</a>',
        r'<audio controls preload="auto" src="\1"></audio>',
        text,
    )
    return text.replace("content-visibility: auto;", "")


def _visit(path: str, pages: dict, repeats: int) -> list[dict]:
    """Medians over visits to each page, one after the other, each in a fresh context."""
    from playwright.sync_api import sync_playwright

    found = {name: [] for name in pages}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for _ in range(repeats):
            for name, file in pages.items():
                context = browser.new_context(viewport={"width": 1280, "height": 800})
                page = context.new_page()
                requests = []
                page.on("request", lambda request, seen=requests: seen.append(request.url))
                page.goto(file.as_uri())
                opened = page.evaluate(OPENED)
                asked = len(requests)
                frames = page.evaluate(SCROLL)
                found[name].append((opened["paint"], opened["load"], asked, *frames.values()))
                context.close()
        browser.close()
    columns = (
        "first paint, ms",
        "loaded, ms",
        "requests to open",
        "frame, ms",
        "95% of frames, ms",
    )
    return [
        {"page": name, "MB": pages[name].stat().st_size / 1e6 if pages[name].exists() else None}
        | {
            column: sorted(visit[place] for visit in visits)[len(visits) // 2]
            for place, column in enumerate(columns)
        }
        for name, visits in found.items()
    ]


if __name__ == "__main__":
    call(main)
