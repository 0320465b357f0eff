"""Train what hears beats, bars and drums on MIDI whose beats are known: data/listener/rhythm.npz.

MIDI_FOLDER is any folder of MIDI files. Of those that are not held back and keep to the beats of
their own tempo map, and of as many songs composed in many metres, clips are played by the project's
synthesiser: at other speeds and keys, with other instruments, in odd metres, without drums and
through effects. A small network learns where eighths, beats, downbeats, kick, snare and hi-hat are.
Every 25th clip is left for validation.
"""

import sys
from argparse import ArgumentTypeError
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import paths  # noqa: F401
from bars import bars_of
from clips import Clip, clip_of
from commands import ToolError, call, parser, show, usable_cores
from grooves import groove
from mathrock.demo.metre_songs import downbeats, make
from mathrock.formats.readers import read_file
from mathrock.music.grid import beat_grid
from mathrock.music.score import Score
from mathrock.transcription import rhythm_network
from recordings import is_held_back, midi_files
from score_variation import ODD_METRES, recut, varied

CLIPS, COMPOSED = 684 + 754, 684  # by default, and how many of them are composed
VALIDATE_EVERY, TELL_EVERY = 25, 50  # clips
DIVISIONS, ON_BEAT = (2, 3, 4, 6), 0.3  # of a quarter note; the least concentration of onsets
PRECISION = 1e-3  # by which NumPy's log-odds may differ from those of Keras
NO_DRUMS, DRUMS_ALONE = 0.3, 0.03  # chances
METRES = 6 * ("4/4",) + 3 * ("3/4", "7/8", "6/8") + 2 * ("5/4",)
METRES += ("5/8", "9/8", "11/8", "12/8", "7/4", "13/8", "7/8 7/8 5/8 9/8", "7/8 4/4")
METRES += ("4/4 4/4 4/4 5/4", "6/8 7/8", "3/4 4/4", "4/4 4/4 4/4 2/4", "5/8 6/8")


def main() -> None:
    options = parser(__doc__)
    options.add_argument(
        "--minutes", type=_positive, default=17, metavar="M", help="of training; 17 without it"
    )
    options.add_argument(
        "--clips", type=_at_least_1, default=CLIPS, metavar="N", help=f"{CLIPS} without it"
    )
    given = options.parse_args()
    files = songs(given.folder)
    if not files:
        raise ToolError(f"{given.folder} holds no MIDI file to train on")
    learnt, kept = make_clips(files, given.clips)
    if not learnt or not kept:
        raise ToolError(f"{given.clips} clips are too few")

    import rhythm_training as network  # here, so that the pool's processes do without Keras
    from mathrock.training.run import limit_threads

    limit_threads(usable_cores())
    model = network.train(learnt, given.minutes)
    rhythm_network.save(given.output, network.listener_of(model))
    listener = rhythm_network.load(given.output)
    odds = model.predict_on_batch(rhythm_network.normalise_levels(kept[0].levels)[None])[0]
    if np.abs(listener.predict(kept[0].levels) - odds).max() > PRECISION:
        raise ToolError(f"{given.output} does not answer as the network that was trained")
    facts = {"songs": len(files), "trained_on": len(learnt), "validated_on": len(kept)}
    facts["nats"] = network.validate(listener, kept)
    nats = ", ".join(f"{name} {value:.4f}" for name, value in facts["nats"].items())
    told = f"{len(files)} songs, {len(learnt)} clips; nats a frame in {len(kept)} others:\n{nats}"
    show(facts, told, given.json)


def _positive(text: str) -> float:
    if not float(text) > 0:
        raise ArgumentTypeError(f"{text} is not more than 0")
    return float(text)


def _at_least_1(text: str) -> int:
    if int(text) < 1:
        raise ArgumentTypeError(f"{text} is less than 1")
    return int(text)


def songs(folder: str) -> list[Path]:
    """The MIDI files to train on, in order of name; those that keep to no beat are named."""
    files = []
    for path in midi_files(folder):
        if is_held_back(path):
            continue
        if keeps_to_beats(read_file(path, "mid")[0]):
            files.append(path)
        else:
            print(f"{path.name} keeps to no beat of its tempo map: left out", file=sys.stderr)
    return files


def keeps_to_beats(score: Score) -> bool:
    """Whether onsets gather at some division of the quarter notes, so that beats are as written."""
    clock = beat_grid(score.tempos, 1)
    quarters = np.array([clock.steps(n.onset) for part in score.parts for n in part.notes])
    gathered = [np.abs(np.exp(2j * np.pi * k * quarters).mean()) for k in DIVISIONS]
    return max(gathered) >= ON_BEAT


def make_clips(files: list[Path], count: int) -> tuple[list[Clip], list[Clip]]:
    """Clips to train on, and every 25th to validate with; as many as do not come out silent."""
    composed = count * COMPOSED // CLIPS
    jobs = [((), number) for number in range(composed)]
    jobs += [(files, number) for number in range(count - composed)]
    learnt, kept = [], []
    context = get_context("spawn")
    with ProcessPoolExecutor(usable_cores(), mp_context=context) as pool:
        for done, (job, clip) in enumerate(zip(jobs, pool.map(_clip, jobs), strict=True), start=1):
            if clip is not None:
                (learnt if job[1] % VALIDATE_EVERY else kept).append(clip)
            if done % TELL_EVERY == 0 or done == count:
                print(f"{done} of {count} clips", file=sys.stderr, flush=True)
    return learnt, kept


def _clip(job: tuple[list[Path], int]) -> Clip | None:
    """The clip of this number of composed songs, or of `files` by turns, at first as they are."""
    files, number = job
    rng = np.random.default_rng([len(files) > 0, number])
    if not files:
        score = varied(composed(rng, number), rng)
    else:
        score = read_file(files[number % len(files)], "mid")[0]
        if number >= len(files):
            score = changed(score, rng)
    return clip_of(_without_some(score, rng), rng)


def composed(rng: np.random.Generator, seed: int) -> Score:
    """A song in any metre, at any speed, steady or not; most are given new drums."""
    bpm = float(np.exp(rng.uniform(np.log(70), np.log(210))))
    knobs = {"metre": str(rng.choice(METRES)), "bpm": bpm, "seconds": float(rng.uniform(45, 62))}
    if rng.random() < 0.4:
        knobs["silence"] = float(rng.uniform(0.1, 4))
    tempo = rng.random()
    if tempo < 0.15:
        knobs["then_bpm"] = bpm * float(rng.uniform(0.7, 1.4))
    elif tempo < 0.45:
        knobs["rubato"] = float(rng.uniform(0.01, 0.09))
    score = make(**knobs, seed=seed)
    if rng.random() < 0.25:
        return score
    clock = beat_grid(score.tempos, 1)
    begin = clock.steps(downbeats(score)[0]) - 0.02
    notes = groove([bar for bar in bars_of(score) if bar.start >= begin], clock, rng)
    parts = [part._replace(notes=notes) if part.is_drum else part for part in score.parts]
    return Score(parts, score.tempos, score.metres, score.title)


def changed(score: Score, rng: np.random.Generator) -> Score:
    """A song at another speed, in another key and with other instruments, some in odd metres."""
    if rng.random() < 0.4:
        score = recut(score, str(rng.choice(ODD_METRES)))
    return varied(score, rng, float(np.exp(rng.uniform(np.log(0.75), np.log(1.33)))))


def _without_some(score: Score, rng: np.random.Generator) -> Score:
    """The score, or its parts but the drums, or its drums alone if it has any."""
    chance, parts = rng.random(), score.parts
    if chance < NO_DRUMS:
        parts = [part for part in parts if not part.is_drum]
    elif chance > 1 - DRUMS_ALONE:
        parts = [part for part in parts if part.is_drum] or parts
    return Score(parts, score.tempos, score.metres, score.title)


if __name__ == "__main__":
    call(main)
