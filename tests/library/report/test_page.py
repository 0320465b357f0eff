"""The page as text; in a browser it is tested in tests/browser."""

import json
import re
import shutil
from pathlib import Path

import pytest

from mathrock.files.whole import NOTHING
from mathrock.songs.manifest import read_manifest
from mathrock.songs.status import Status, write_status
from small_results import SmallResults, settings

EVIL = 'data/songs/rock/<img src=x onerror=alert(1)> "it\'s" 🎸 {x} $y$.mp3'


@pytest.fixture
def results(tmp_path):
    return SmallResults(tmp_path, {"evil-1": EVIL, "calm-2": "data/songs/calm.mp3"})


def test_the_page_names_songs_takes_and_models(results):
    page = results.write()
    assert page.count('<section class="card"') == 2
    assert "D lydian" in page
    assert "7/8" in page
    assert "12,345" in page  # parameters
    assert "4.50 (4.00 to 5.00)" in page
    assert "2 of 3" in page  # epochs
    assert "734 MB" in page  # of the training
    assert "What is missing" not in page


def test_names_are_text(results):
    page = results.write()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "🎸 {x} $y$" in page


def test_the_same_results_give_the_same_page(results):
    assert results.write() == results.write()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("songs", "The songs are not listed yet"),
        ("metrics", "No model is trained yet"),
        ("made", "There are no takes yet"),
        ("midi", "There are no takes yet"),
        ("take_previews", "The finished track is missing"),
        ("index", "What is missing"),
        ("histories", "What is missing"),
        ("models", "What is missing"),
        ("rolls", "What is missing"),
        ("key_table", "What is missing"),
    ],
)
def test_the_page_says_what_is_missing(results, kind, words):
    for path in results.files[kind]:
        Path(path).unlink()
    page = results.write()
    assert words in page
    for path in results.files[kind]:
        assert "/".join(Path(path).parts[-2:]) in page


def test_nothing_at_all_is_a_page_too(results):
    for paths in results.files.values():
        for path in paths:
            if Path(path).is_relative_to(results.folder):
                Path(path).unlink()
    assert "What is missing" in results.write()


def test_failures_stand_at_the_top(results):
    page = results.write(failures=["Error: <boom> (see results/logs/x.log)"])
    assert page.index("Error: &lt;boom&gt;") < page.index('id="takes"')


def test_one_model_alone(tmp_path):
    page = SmallResults(tmp_path, {"a": "a.mp3"}, models=("lstm",)).write()
    assert "No take names chords and vae, so they were not trained." in page


def test_a_model_whose_training_failed_was_named_by_a_take(results):
    Path(results.files["metrics"][1]).unlink()
    assert "No take names vae, so it was not trained." in results.write()


def test_bad_songs_are_named_with_their_reason(results):
    table = Path(results.files["songs"][0])
    assert len(read_manifest(table)) == 2
    table.write_text(table.read_text().replace("\tok\t\t", "\tbad\tis <silent>\t"))
    page = results.write()
    assert "2 of 2 songs can't be used" in page
    assert "is &lt;silent&gt;" in page
    assert "2 songs (2 not usable)" in re.sub(r"\s+", " ", page)


def test_songs_without_sound_have_no_players(results):
    for path in results.files["song_previews"]:
        Path(path).write_bytes(NOTHING)
    page = results.write()
    assert 'class="listen" role' not in page
    assert "<img loading" not in page


@pytest.mark.parametrize("kind", ["song_previews", "take_previews", "rolls", "made"])
def test_half_a_file_is_named_and_not_shown(results, kind):
    path = Path(results.files[kind][-1])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ValueError, match=rf"{path}.* run again"):
        results.write()


def test_the_page_names_no_folder_above_the_users_files(tmp_path):
    place = tmp_path / "ann o'neil/it's, & more"
    song, font, hall, plugin = (
        str(place / name)
        for name in ("records/surf/wave.mp3", "fonts/big.sf2", "halls/big.wav", "fx/fuzz.vst3")
    )
    results = SmallResults(tmp_path / "project", {"a": song, "b": f"{tmp_path}/old/b.mp3"})
    chain = [{"Convolution": {"impulse_response_filename": hall}}]
    config = settings() | {"songs": str(place / "records"), "render": {"soundfont": font}}
    config["report"] = config["report"] | {"references": str(place / "others.txt")}
    config["effects"] = {"chains": {"a": chain, "b": [{"Plugin": {"path_to_plugin_file": plugin}}]}}
    made = Path(results.files["made"][0])
    told = json.loads(made.read_text())
    told["generated"]["made"]["inputs"] = {font: "0" * 64, f"{place}/gone.mid": "1" * 64}
    told["track"]["settings"]["chains"] = config["effects"]["chains"]
    made.write_text(json.dumps(told))
    for name, ok in (("good", True), ("bad", False)):
        facts = {"grid": {"bars": [], "steps_per_second": 16}}
        status = Status(name, f"{place}/others/{name}.abc", ok, f"{place} is bad", facts=facts)
        write_status(results.add("references", f"generated/references/{name}.json"), status)
        midi = results.add("reference_midi", f"generated/references/{name}.mid")
        shutil.copy(results.files["midi"][0], midi)
    page = results.write([f"Error: {song}: {hall} is odd"], config)
    for text in ("records/surf/wave.mp3: big.wav is odd", "others/good.abc", "songs: records"):
        assert text in page
    written = [path for path in (tmp_path / "project/report").rglob("*") if path.is_file()]
    assert len(written) > 10
    for path in written:
        for word in (str(tmp_path), str(Path.home()), str(Path.cwd())):
            assert word.encode() not in path.read_bytes(), path


def test_an_interpolation_is_to_be_heard(tmp_path):
    results = SmallResults(tmp_path, {"a": "a.mp3"}, models=("vae",))
    assert "No take interpolates" in results.write()
    path = Path(results.files["made"][0])
    made = json.loads(path.read_text())
    made["generated"]["made"]["settings"]["path"] = "interpolate"
    path.write_text(json.dumps(made))
    assert 'An interpolation to hear: <a href="#vae-one">one</a>' in results.write()


def test_the_page_asks_for_nothing_from_elsewhere(results):
    page = results.write()
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_what_closeness_cannot_tell_is_a_dash_with_its_reason(results):
    group = {"pieces": 1, "sources": 1, "scores": {"s": None}, "variety": {"f": None}}
    groups = {name: {**group, "distributions": {"f": [1.0]}} for name in ("train", "chords")}
    told = {
        "piece_seconds": 10,
        "features": {"f": {"label": "Metres", "unit": "share", "bins": ["4/4"]}},
        "scores": {"s": {"label": "Score", "unit": ""}},
        "groups": groups,
        "closeness": {"chords": {"f": None}},
        "unknown": {"chords": {"f": "too <few> pieces"}},
    }
    path = results.add("closeness", "closeness.json")
    path.write_text(json.dumps(told))
    page = results.write()
    assert 'title="too &lt;few&gt; pieces"' in page
    told["closeness"]["chords"]["f"] = {"overlap": 0.8, "kl": 0.1}
    path.write_text(json.dumps(told))
    assert "80% <small>(0.10)</small>" in results.write()


def test_without_experiments_there_is_no_word_of_them(results):
    page = results.write()
    assert "Experiments" not in page
    assert 'id="experiments' not in page


def test_each_experiment_has_a_table_and_a_picture(results):
    results.add_experiment("width")
    results.add_experiment("depth")
    page = results.write()
    assert page.count('id="experiments"') == page.count('href="#experiments"') == 1
    for text in (
        "<h3>width</h3>",
        "<h3>depth</h3>",
        "+0.200 (-0.100 to +0.500)",
        "≤ 5.000 (0.100)",
    ):
        assert text in page
    assert page.count('aria-label="Nats per step of each seed; means: chords, usual 4.50;') == 2


def test_an_experiment_that_is_not_finished_is_missing(results):
    results.add_experiment("width")
    results.add("experiments", "experiments/depth.tsv")
    page = results.write()
    assert "<h3>width</h3>" in page
    assert "<h3>depth</h3>" not in page
    assert "experiments/depth.tsv</code>" in page
