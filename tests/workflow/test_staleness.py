"""What a change makes stale, on the real graph of jobs."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from dry_runs import dry_run
from mathrock.demo.math_rock import compose
from mathrock.formats.midi.writer import write_score
from mathrock.songs.listing import song_id
from project import TWO, WAY, Project, copy_workflow

PAGE = {"write_report": 1}
FINISHED = ["apply_effects", "preview_take"]
PER_TRACK = {"decode_take": 5, "render_take": 5, "apply_effects": 5, "preview_take": 5}
PER_TRACK |= {"list_takes": 1, **PAGE}
MADE = {"generate_lstm": 2, "generate_chords": 1, "generate_vae": 1}
TAKES = {**MADE, **PER_TRACK, "compare_takes": 1, "find_copies": 1}
FOR_TAKES = {"choose_snippets": 1, **TAKES}
WRITTEN = {"create_notes": 2, "import_score": 2}
MODELS = {"train_lstm": 1, "train_chords": 1, "train_vae": 1, "examine_vae": 1}
INDEXED = {"index_sequences": 1, **MODELS, **FOR_TAKES}
PACKED = {"pack_shard": 1, **INDEXED}
ALL_FINISHED = {"apply_effects": 5, "preview_take": 5, "list_takes": 1, **PAGE}
GATHERED = {"list_songs": 1, "find_keys": 1, **PACKED}
IMPORTED = {"import_score": 1, "encode_roll": 1, "preview_song": 1}
HEARD = {"hear_song": 1, "track_beats": 1, "create_notes": 1}
HEARD_NOTES = {"create_notes": 2, "encode_roll": 2, "preview_song": 2}
LIBRARY = "workflow/scripts/mathrock"


def test_nothing_changed_nothing_runs(project):
    assert project.stale() == {}
    assert "Nothing to be done" in project.run()


def test_a_dry_run_in_a_fork_says_what_one_in_a_new_process_says(project):
    """All tests that ask what is stale rely on it: see `dry_runs`."""
    project.append(f"{LIBRARY}/generation/snippets.py", "\nLINE = 1\n")
    varies = re.compile(r"^( *(Date|Workflow ID|Command): |\[).*\n", re.MULTILINE)

    def words(printed):  # sets of files, and jobs that can run at once, are in any order
        return sorted(re.split(r"[\s,]+", varies.sub("", printed)))

    status, forked = dry_run(project.folder, project.command("--dry-run")[3:])
    new = project.run("--dry-run")
    assert status == 0
    assert "choose_snippets" in new
    assert words(forked) == words(new)


def test_an_added_recording_runs_its_own_chain_and_what_gathers(project):
    songs = project.path("data/songs")
    shutil.copy(songs / "Paper & {planets}.wav", songs / "new.wav")
    assert project.stale() == {**HEARD, "encode_roll": 1, "preview_song": 1, **GATHERED}


def test_an_added_midi_file_is_not_transcribed(project):
    write_score(project.path("data/songs/new.mid"), compose("folding-bicycle"))
    assert project.stale() == {**IMPORTED, **GATHERED}


@pytest.mark.parametrize("name", ["{a} 'b'.mid", '<script>alert("1")<.mid', "🎸 <b>.mid"])
def test_any_name_is_followed(project, name):
    song, midi = project.path(f"data/songs/{name}"), f"results/midi/{song_id(Path(name))}.mid"
    write_score(song, compose("folding-bicycle"))
    project.run(midi)
    assert project.stale(midi) == {}
    write_score(song, compose("night-bus-home"))
    assert project.stale(midi) == {"import_score": 1}


def test_a_removed_song_runs_what_gathers(project):
    project.path("data/songs/math rock/seven.mid").unlink()
    assert project.stale() == GATHERED


def test_a_changed_song_runs_its_own_chain_and_what_gathers(project):
    write_score(project.path("data/songs/eleven.mid"), compose("folding-bicycle"))
    assert project.stale() == {**IMPORTED, **GATHERED}


def test_a_touched_but_equal_recording_of_3_mb_runs_nothing(project):
    song = project.path("data/songs/math rock/Söng #1's.MP3")
    assert song.stat().st_size > 3_000_000
    os.utime(song, (time.time() + 5, time.time() + 5))
    assert project.stale() == {}


def test_a_moved_project_runs_nothing(project, tmp_path):
    project.folder.rename(tmp_path / "elsewhere")
    project.folder = tmp_path / "elsewhere"
    assert project.stale() == {}


@pytest.mark.parametrize("how", ["-a", "-r"])
def test_a_copied_project_runs_nothing(project, tmp_path, how):
    """With `cp -r` all files are new, and copied in an order of its own."""
    subprocess.run(["cp", how, project.folder, tmp_path / "elsewhere"], check=True)
    project.folder = tmp_path / "elsewhere"
    assert project.stale() == {}


def test_a_fresh_clone_beside_copied_results_runs_nothing(project, tmp_path):
    clone = Project(tmp_path / "clone")
    copy_workflow(clone.folder)
    for path in clone.folder.rglob("*"):  # a clone's files are as new as the clone
        path.touch()
    for part in ("results", ".snakemake", "data/songs", "config.yaml"):
        subprocess.run(["cp", "-a", project.path(part), clone.path(part).parent], check=True)
    scripts = clone.path("workflow/scripts").stat()
    assert scripts.st_mtime > clone.path("results/takes.tsv").stat().st_mtime
    assert clone.stale() == {}


def test_another_profile_does_not_look_at_the_dates_of_scripts_either(project):
    """Snakemake loads profiles/default besides, which leaves out the trigger `code`."""
    project.path("mine").mkdir()
    project.path("mine/config.yaml").write_text("cores: 2\nretries: 2\n")
    for script in project.path("workflow/scripts").glob("*.py"):
        script.touch()
    project.where = ("--profile", "mine")
    assert project.stale() == {}


def test_touch_settles_what_other_code_made_and_keeps_logs(project):
    for module in ("models/lstm", "rendering/mixing", "transcription/recording"):
        project.append(f"{LIBRARY}/{module}.py", "\nLINE = 1\n")
    assert {"hear_song", "train_lstm", "apply_effects"} <= project.stale().keys()
    before = contents(project)
    assert "results/logs/train_lstm.log" in before
    project.run("--touch")
    assert project.stale() == {}
    after = contents(project)
    stamps = {name for name in before if name.startswith("results/shards/stamps/")}
    assert {name for name in before if after.get(name) != before[name]} <= stamps
    assert after.keys() == before.keys()


def test_touch_settles_nothing_that_is_missing(project):
    project.append(f"{LIBRARY}/rendering/mixing.py", "\nLINE = 1\n")
    project.path("results/fx/lstm/one.mp3").unlink()
    project.run("--touch")
    assert project.stale() == {"apply_effects": 1, "preview_take": 1, "list_takes": 1, **PAGE}


def contents(project):
    """{path: bytes} of all results."""
    files = [path for path in project.path("results").rglob("*") if path.is_file()]
    return {str(path.relative_to(project.folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("knobs", "stale"),
    [
        ({"transcription": {"onset_threshold": 0.5}}, {"create_notes": 2}),
        ({"grid": {"steps_per_second": 12}}, {"encode_roll": 4, "pack_shard": 1}),
        ({"grid": {"kind": "beat"}}, {"encode_roll": 4, "pack_shard": 1}),
        ({"sequences": {"hop_seconds": 2}}, {"index_sequences": 1}),
        ({"decode": {"metre": "5/4"}}, {"decode_take": 5}),
        ({"effects": {"loudness_lufs": -16}}, ALL_FINISHED),
    ],
)
def test_a_knob_runs_first_what_it_turns(project, knobs, stale):
    project.configure(**knobs)
    found = project.stale()
    assert {rule: found.get(rule) for rule in stale} == stale
    if "effects" in knobs:
        assert found == stale
    if "transcription" in knobs:
        assert "hear_song" not in found


def test_a_knob_of_one_take_runs_that_take(project):
    takes = {"one": {}, "two": {**TWO, "effects": {"guitar": "room"}}, "way": WAY}
    project.configure(takes=takes)
    assert project.stale() == {"apply_effects": 2, "preview_take": 2, "list_takes": 1, **PAGE}
    takes["one"] = {"temperature": 0.9}
    project.configure(takes=takes)
    found = project.stale()
    assert (found["generate_lstm"], found["generate_chords"]) == (1, 1)


def test_a_knob_that_a_model_ignores_makes_none_of_its_takes_again(project):
    project.configure(generate={"distance": 0.9})
    assert project.stale() == {"choose_snippets": 1, **MADE_BY_VAE}
    project.configure(generate={"distance": 0.3, "guidance": 1})
    assert "generate_vae" not in project.stale()


def test_takes_are_looked_at_before_training_but_train_no_model_again(project):
    project.configure(takes={"one": {"start": 1}, "two": TWO, "three": {"model": "chords"}})
    found = project.stale()
    assert found["choose_snippets"] == 1
    assert (found["generate_lstm"], found["generate_chords"]) == (1, 2)
    assert not found.keys() & MODELS.keys()


def test_a_model_that_no_take_names_is_not_trained(project):
    project.configure(takes={"one": {"model": "lstm"}, "two": TWO})
    project.configure(models={"chords": {"units": 4}})
    assert not project.stale().keys() & {"train_chords", "generate_chords"}


def test_a_chain_that_no_take_uses_makes_no_sound(project):
    project.configure(effects={"chains": {**chains_of(project), "unused": ["Chorus"]}})
    assert project.stale() == PAGE  # which shows all settings


def chains_of(project):
    import yaml

    return yaml.safe_load(project.path("config.yaml").read_text())["effects"]["chains"]


def each(tracks):
    return dict.fromkeys(["decode_take", "render_take", *FINISHED], tracks)


LISTED = {"find_copies": 1, "compare_takes": 1, "list_takes": 1, **PAGE}
MADE_BY_VAE = {"generate_vae": 1, **each(1), **LISTED}


@pytest.mark.parametrize(
    ("module", "stale"),
    [
        ("songs/shards/stamps", {}),
        ("rendering/effects/chains", ALL_FINISHED),
        ("rendering/mixing", ALL_FINISHED),
        ("models/lstm", {"train_lstm": 1, "generate_lstm": 2, **each(3), **LISTED}),
        ("models/chords", {"train_chords": 1, "generate_chords": 1, **each(1), **LISTED}),
        ("models/vae", {**MADE_BY_VAE, "train_vae": 1, "examine_vae": 1}),
        ("latent/task", {**MADE_BY_VAE, "train_vae": 1, "examine_vae": 1}),
        ("models/vae_stepper", {**MADE_BY_VAE, "examine_vae": 1}),
        ("latent/paths", MADE_BY_VAE),
        ("latent/quality", {"examine_vae": 1, **PAGE}),
        ("formats/midi/tick_clock", {**WRITTEN, "encode_roll": 4, "preview_song": 4, **GATHERED}),
        ("music/score_bars", {"import_score": 2, "encode_roll": 4, "preview_song": 2, **GATHERED}),
        ("transcription/rhythm_network", {"track_beats": 2, **HEARD_NOTES, **GATHERED}),
        (
            "music/beat_confidence",
            {"import_score": 2, "encode_roll": 2, "preview_song": 2, **GATHERED},
        ),
        ("pianoroll/song_encoding", {"encode_roll": 4, **GATHERED}),
        ("music/grid", {**WRITTEN, "encode_roll": 4, "preview_song": 4, **GATHERED}),
        ("generation/snippets", FOR_TAKES),
        ("pianoroll/key_estimation", {"find_keys": 1, **FOR_TAKES}),
        ("generation/sampling", {**TAKES, "examine_vae": 1}),
        ("generation/metre_plan", TAKES),
        ("generation/conditioning", FOR_TAKES),
        ("pianoroll/attributes", INDEXED),
        ("dataset/index", INDEXED),
        ("dataset/shard_files", PACKED),
        ("generation/timeline", {**PER_TRACK, "find_copies": 1}),
        ("generation/arranging", PER_TRACK),
        ("evaluation/longest_runs", {"find_copies": 1, **PAGE}),
        ("generation/take_table", {"list_takes": 1}),
        ("evaluation/histograms", {"compare_takes": 1, **PAGE}),
        ("config/settings", {}),
    ],
)
def test_a_line_of_code_runs_what_it_makes_and_what_follows(project, module, stale):
    project.append(f"{LIBRARY}/{module}.py", "\nLINE = 1\n")
    assert project.stale() == stale


def test_the_reason_names_the_edited_module(project):
    project.append(f"{LIBRARY}/rendering/mixing.py", "\nLINE = 1\n")
    printed = project.run("--dry-run")
    assert "mixing.py" in printed
    assert "mastering.py" not in printed


def test_a_word_makes_nothing_stale_nor_does_what_surrounds_a_job(project):
    for module in (
        "rendering/mastering",
        "models/lstm",
        "dataset/sequences",
        "formats/midi/tick_clock",
    ):
        project.append(f"{LIBRARY}/{module}.py", "\n# A comment.\n")
    for script in ("train_lstm", "apply_effects"):
        path = project.path(f"workflow/scripts/{script}.py")
        path.write_text(path.read_text().replace('"""', '"""Other words. ', 1))
    for module in (
        *(f"jobs/{name}" for name in ("log", "run_lock", "clock", "code_version")),
        "files/atomic",
        "files/digests",
        "songs/shards/stamps",
    ):
        project.append(f"{LIBRARY}/{module}.py", "\nLINE = 1\n")
    assert project.stale() == {}


def test_an_edited_script_runs_its_rule(project):
    project.append("workflow/scripts/apply_effects.py", "\nLINE = 1\n")
    assert project.stale() == ALL_FINISHED


def test_a_touched_module_runs_nothing(project):
    project.path(f"{LIBRARY}/pianoroll/encoding.py").touch()
    assert project.stale() == {}


def test_another_sound_font_renders_again(project):
    font = project.path("data/soundfont/rock_gm_fluidr3mono.sf3")
    font.chmod(0o644)
    project.append(font, "x")
    assert project.stale() == {"render_take": 5, "preview_song": 4, **ALL_FINISHED}


def test_the_users_own_sound_font_is_followed(project):
    track = "results/audio/lstm/one.wav"
    shutil.copy(project.path("data/soundfont/rock_gm_fluidr3mono.sf3"), project.path("my.sf3"))
    project.configure(render={"soundfont": "my.sf3"})
    project.run(track)
    assert project.stale(track) == {}
    project.append("my.sf3", "x")
    assert project.stale(track) == {"render_take": 1}


@pytest.mark.parametrize("file", ["workflow/report/page/page.css", "docs/workflow.svg"])
def test_another_look_of_the_page_writes_the_page_again(project, file):
    project.append(file, "\n")
    assert project.stale() == PAGE


@pytest.mark.parametrize(
    ("weights", "rules"),
    [("note_filter", {"create_notes": 2}), ("rhythm", {"track_beats": 2, "create_notes": 2})],
)
def test_other_weights_write_the_notes_again(project, weights, rules):
    project.append(project.path(f"data/listener/{weights}.npz"), "x")
    assert project.stale() == {**rules, "encode_roll": 2, "preview_song": 2, **GATHERED}


@pytest.mark.parametrize(
    ("artifact", "first"),
    [
        ("results/activations/*wav*.npz", None),
        ("results/spectra/*wav*.npy", None),
        ("results/beats/*planets*.tsv", "track_beats"),
        ("results/beats/eleven*.tsv", "import_score"),
        ("results/midi/eleven*.mid", "import_score"),
        ("results/models/lstm/model.keras", "train_lstm"),
        ("results/models/chords/model.keras", "train_chords"),
        ("results/models/vae/latents.npz", "train_vae"),
        ("results/models/vae/space.json", "examine_vae"),
        ("results/sequences/all/echoes.npy", "pack_shard"),
        ("results/sequences/all/bars.npy", "pack_shard"),
        ("results/rolls/eleven*.json", "encode_roll"),
        ("results/sequences/all/velocities.npy", "pack_shard"),
        ("results/sequences/all/drums.npy", "pack_shard"),
        ("results/keys.tsv", "find_keys"),
        ("results/sequences/snippets.tsv", "choose_snippets"),
        ("results/generated/lstm/one.npy", "generate_lstm"),
        ("results/generated/lstm/two.npy", "generate_lstm"),
    ],
)
def test_what_is_missing_in_the_middle_is_made_again(project, artifact, first):
    for path in project.folder.glob(artifact):
        path.unlink()
    assert first is None or project.stale()[first] == 1


def test_the_demo_is_the_demo_however_its_folder_is_spelt(empty_project):
    empty_project.configure(takes={"one": {}})
    demo = empty_project.stale("--config", "songs=data/demo")
    assert demo["compose_demo_song"] == demo["hear_song"] > 6
    absolute = f"songs={empty_project.path('data/demo')}"
    assert empty_project.stale("--config", absolute) == demo
    own = empty_project.stale("--configfile", "data/demo.yaml")
    assert own["compose_demo_song"] == demo["compose_demo_song"]
    assert own["generate_vae"] == 1  # a take between the demo's genres


def test_a_demo_song_of_an_earlier_version_is_no_song(empty_project):
    empty_project.configure(takes={"one": {}})
    old = empty_project.path("data/demo/paper-planets.mp3")
    old.parent.mkdir()
    before = empty_project.stale("--configfile", "data/demo.yaml")
    for name in (old, old.with_suffix(".mid")):
        name.write_bytes(b"old")
    assert empty_project.stale("--configfile", "data/demo.yaml") == before


def test_one_file_can_be_asked_for(project):
    project.path("results/fx/lstm/one.mp3").unlink()
    project.configure(effects={"loudness_lufs": -16})
    assert project.stale("results/fx/lstm/one.mp3") == {"apply_effects": 1}
