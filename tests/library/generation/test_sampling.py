import hashlib
from dataclasses import replace

import numpy as np
import pytest

from mathrock.generation.context import NAMES
from mathrock.generation.logit_processing import ONSET_DECISION, SUSTAIN_DECISION
from mathrock.generation.sampling import continue_song
from mathrock.music.bars import BAR
from mathrock.pianoroll import encoding
from mathrock.pianoroll.metrical_position import metrical_positions
from mathrock.pianoroll.planes import ONSET, SOUNDING
from mathrock.pianoroll.statistics import roll_statistics
from settings_of_takes import PLAIN_SAMPLING

RATE = 16
NOTHING = np.zeros((0, 128, 2), np.bool_)


class Constant:
    """A model that always says the same, and remembers what it was fed."""

    is_autoregressive = False
    needs = NAMES

    def __init__(self, struck, goes_on):
        self.says = np.tile(np.array([struck, goes_on], np.float32), (128, 1))
        self.fed = []

    def advance(self, context):
        self.fed.append(context)

    def logits(self, yes):
        return np.tile(self.says, (len(yes), 1, 1))


class Chain(Constant):
    """A joint model: each answer depends on those of all lower pitches, and on the last step."""

    is_autoregressive = True
    past, lower = np.random.default_rng(5).normal(size=(2, 128, 128, 2))
    lower *= np.tri(128, k=-1).T[..., None]

    def __init__(self, struck=-4.5, goes_on=0.0):
        super().__init__(struck, goes_on)
        self.asked = 0

    def logits(self, yes):
        self.asked += 1
        given = np.einsum("tp,pqd->tqd", yes @ np.array([1, 0.5]), self.lower)
        before = self.fed[-1]["before"].sum(axis=-1)
        given += 0.3 * np.einsum("tp,pqd->tqd", before, self.past)
        return super().logits(yes) + given.astype(np.float32)


def go_on(model, seconds, snippet=NOTHING, seed=1, **knobs):
    """What the model adds to the snippet."""
    rng = np.random.default_rng(seed)
    rolls, _ = continue_song(
        model, snippet, seconds * RATE, RATE, replace(PLAIN_SAMPLING, **knobs), [rng]
    )
    return rolls[0, len(snippet) :]


def several(model, seeds, seconds=4, snippet=NOTHING, **knobs):
    rngs = [np.random.default_rng(seed) for seed in seeds]
    return continue_song(
        model, snippet, round(seconds * RATE), RATE, replace(PLAIN_SAMPLING, **knobs), rngs
    )


def lively():
    return Constant(-5.5, 1.5)


WILD = {"temperature": 1.3, "top_p": 0.9, "notes_per_second": 9.0}
TRIAD = {"max_polyphony": 2, "notes_per_second": 3.0, "pitch_classes": (0, 4, 7)}
NARROW = {"lowest_pitch": 40, "highest_pitch": 60, "longest_silence": 0.1, "longest_note": 0.5}


@pytest.mark.parametrize(
    ("model", "knobs", "digest"),
    [
        (lively, {}, "cbd04166fdde225f"),
        (lively, WILD, "dff86807b2a36a73"),
        (lively, TRIAD, "c749f6bb674ab686"),
        (lively, NARROW, "61d1bc251c0fd72a"),
        (Chain, {}, "170c8b13577be918"),
        (Chain, WILD, "dc2b4c49a7e26d25"),
        (Chain, TRIAD, "4bbf0c951e4e0ca5"),
        (Chain, NARROW, "2866c8daa1cc1e14"),
    ],
)
def test_seeded_notes_are_those_that_were_drawn_before(riff, model, knobs, digest):
    """Users' takes stay what they are when the sampling is written in another way."""
    rolls, _ = several(model(), [1, 2, 3], snippet=riff(20), **knobs)
    assert hashlib.sha256(np.packbits(rolls).tobytes()).hexdigest()[:16] == digest


def test_the_same_seed_gives_the_same_roll():
    one, same, other = (go_on(lively(), 20, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_snippet_comes_first_unchanged(riff):
    snippet = riff(40)
    before = snippet.copy()
    rolls, nats = continue_song(
        lively(),
        snippet,
        10,
        RATE,
        PLAIN_SAMPLING,
        [np.random.default_rng(seed) for seed in (1, 2)],
    )
    assert (rolls.shape, nats.shape) == ((2, 50, 128, 2), (2, 10))
    assert rolls.dtype == np.bool_
    assert np.array_equal(rolls[0, :40], before)
    assert np.array_equal(rolls[1, :40], before)
    assert np.array_equal(snippet, before)


@pytest.mark.parametrize("model", [lively, Chain])
def test_the_model_is_fed_silence_then_each_step_once(riff, model):
    model = model()
    rolls, _ = continue_song(model, riff(40), 10, RATE, PLAIN_SAMPLING, [np.random.default_rng(1)])
    fed = np.array([context["before"][0] for context in model.fed])
    assert not fed[0].any()
    assert np.array_equal(fed[1:], rolls[0, :-1])


@pytest.mark.parametrize("model", [lively, Chain])
def test_a_take_is_the_same_whatever_others_are_made_with_it(riff, model):
    rolls, nats = several(model(), [1, 2, 3], snippet=riff(20), notes_per_second=6)
    alone, own = several(model(), [2], snippet=riff(20), notes_per_second=6)
    assert np.array_equal(rolls[1], alone[0])
    np.testing.assert_allclose(nats[1], own[0], rtol=1e-5)
    assert not np.array_equal(rolls[0], rolls[1])


def pitch_by_pitch(model, seed, steps):
    """What a joint model says when each pitch is asked in turn, and its nats."""
    rng, roll, nats = np.random.default_rng(seed), np.zeros((steps + 1, 128, 2)), np.zeros(steps)
    for step in range(steps):
        model.advance({"before": roll[step][None].astype(np.float32)})
        luck, yes = rng.random((128, 2)), np.zeros((1, 128, 2), np.float32)
        for pitch in range(128):
            chances = 1 / (1 + np.exp(-model.logits(yes)[0, pitch].astype(np.float64)))
            asked = [ONSET_DECISION]
            yes[0, pitch, ONSET_DECISION] = luck[pitch, ONSET_DECISION] < chances[ONSET_DECISION]
            if roll[step, pitch, SOUNDING] and not yes[0, pitch, ONSET_DECISION]:
                asked.append(SUSTAIN_DECISION)
                yes[0, pitch, SUSTAIN_DECISION] = (
                    luck[pitch, SUSTAIN_DECISION] < chances[SUSTAIN_DECISION]
                )
            said = np.where(yes[0, pitch] == 1, chances, 1 - chances)
            nats[step] -= np.log(said[asked]).sum()
        roll[step + 1, :, ONSET] = yes[0, :, ONSET_DECISION]
        roll[step + 1, :, SOUNDING] = yes[0].any(axis=-1)
    return roll[1:], nats


FREE = {"lowest_pitch": 0, "highest_pitch": 127, "longest_silence": 60, "longest_note": 60}


def test_a_joint_model_is_drawn_from_as_if_each_pitch_were_asked_in_turn():
    rolls, nats = several(Chain(), [1, 2], seconds=0.5, **FREE, max_polyphony=128)
    for take, seed in enumerate([1, 2]):
        roll, expected = pitch_by_pitch(Chain(), seed, 8)
        assert roll.sum() > 20
        assert np.array_equal(rolls[take], roll)
        np.testing.assert_allclose(nats[take], expected, rtol=1e-4)


def test_a_joint_model_is_asked_little_more_often_than_there_are_notes():
    model = Chain()
    rolls, _ = several(model, [1], seconds=4, **FREE, max_polyphony=128)
    assert rolls[..., SOUNDING].sum() > 200
    assert model.asked <= 2 * len(model.fed) + rolls[..., SOUNDING].sum()


def test_a_joint_model_is_asked_once_while_nothing_changes(riff):
    model = Chain(struck=-1000, goes_on=1000)
    several(model, [1], seconds=1, snippet=riff(1), **FREE)
    assert model.asked == RATE


def test_nats_are_the_models_own_whatever_the_knobs_do():
    knobs = {"temperature": 0.7, "top_p": 0.95, "max_polyphony": 2, "notes_per_second": 9}
    model = Chain()
    rolls, nats = several(model, [1, 2], **knobs, pitch_classes=(0, 4, 7))
    before = np.zeros((2, 128, 2), np.bool_)
    for step in range(rolls.shape[1]):
        now, model.fed = rolls[:, step], [{"before": before.astype(np.float32)}]
        yes = np.stack([now[..., ONSET], now[..., SOUNDING] & ~now[..., ONSET]], axis=-1)
        logits = model.logits(yes.astype(np.float32)).astype(np.float64)
        asked = np.stack([np.ones((2, 128)), before[..., SOUNDING] & ~now[..., ONSET]], axis=-1)
        expected = (asked * (np.log1p(np.exp(logits)) - logits * yes)).sum(axis=(1, 2))
        np.testing.assert_allclose(nats[:, step], expected, rtol=1e-4)
        before = now


def test_the_decisions_are_those_that_models_are_trained_on():
    from mathrock.models import step_likelihood

    assert (ONSET_DECISION, SUSTAIN_DECISION) == (
        step_likelihood.ONSET_DECISION,
        step_likelihood.SUSTAIN_DECISION,
    )


def test_a_silent_model_breaks_its_silence():
    roll = go_on(Constant(-20, -20), 120)
    assert roll_statistics(roll, RATE)["longest_silence"] < 6
    assert roll[:, :, ONSET].sum() < 120 * 4


def test_silence_is_left_alone_until_it_is_too_long():
    assert not go_on(Constant(-20, -20), 20, longest_silence=20).any()


def test_a_note_that_a_model_would_hold_for_ever_fades_out():
    snippet = np.zeros((4, 128, 2), np.bool_)
    snippet[:, [60, 64], SOUNDING] = snippet[0, [60, 64], ONSET] = True
    roll = go_on(Constant(-20, 20), 60, snippet)
    assert roll[0, [60, 64], SOUNDING].all()
    assert 3 <= roll_statistics(roll, RATE)["longest_note"] < 3 + 5


def test_a_note_is_left_alone_until_it_is_too_long():
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, 60] = True
    assert go_on(Constant(-20, 20), 10, snippet, longest_note=20)[:, 60, SOUNDING].all()


@pytest.mark.parametrize("most", [1, 3, 8])
def test_no_more_notes_sound_than_allowed(most):
    roll = go_on(Constant(-1, 2), 20, max_polyphony=most)
    assert roll[:, :, SOUNDING].sum(axis=1).max() == most


def test_the_likeliest_notes_stay_in_a_crowd():
    model = Constant(5, 5)
    model.says[60:63] = 15
    roll = go_on(model, 1, max_polyphony=3)
    assert np.flatnonzero(roll[:, :, ONSET].any(axis=0)).tolist() == [60, 61, 62]


def test_a_long_snippet_chord_gives_way_to_the_limit(riff):
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, 40:60] = True
    assert go_on(Constant(-20, 20), 1, snippet, max_polyphony=4)[0, :, SOUNDING].sum() == 4


def test_only_pitches_in_range_are_struck():
    roll = go_on(Constant(-1, -1), 10, lowest_pitch=50, highest_pitch=53, max_polyphony=128)
    assert np.flatnonzero(roll.any(axis=(0, 2))).tolist() == [50, 51, 52, 53]


def test_nothing_sounds_that_was_not_struck():
    roll = go_on(Constant(-4, 1), 30)
    struck, sounding = roll[:, :, ONSET], roll[:, :, SOUNDING]
    assert not (struck & ~sounding).any()
    begins = sounding.copy()
    begins[1:] &= ~sounding[:-1]
    assert not (begins & ~struck).any()


def test_a_note_of_the_snippet_may_go_on():
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, 60] = True
    roll = go_on(Constant(-20, 20), 1, snippet)
    assert roll[:, 60, SOUNDING].all()
    assert not roll[:, 60, ONSET].any()


def density(wanted):
    rolls = [go_on(Constant(-5.8, -1), 120, seed=seed, notes_per_second=wanted) for seed in (1, 2)]
    return np.mean([roll_statistics(roll, RATE)["notes_per_second"] for roll in rolls])


def test_density_leans_towards_what_is_wanted():
    alone, fewer, more = density(0), density(2), density(14)
    assert 3.5 < alone < 5
    assert 2 < fewer < 0.85 * alone
    assert 1.15 * alone < more < 14


def test_a_density_that_fits_is_left_alone():
    assert density(density(0)) == pytest.approx(density(0), rel=0.15)


def test_temperature_below_one_is_safer_and_above_wilder():
    counts = [go_on(lively(), 60, temperature=t)[:, :, ONSET].sum() for t in (0.7, 1.0, 1.4)]
    assert counts[0] < counts[1] < counts[2]


def test_extreme_logits_are_no_trouble():
    with np.errstate(all="raise", under="ignore"):
        go_on(Constant(1e4, 1e4), 2)
        go_on(Constant(-1e4, -1e4), 2, temperature=0.01)


def test_what_is_drawn_is_a_proper_roll():
    roll = go_on(lively(), 20)
    again = encoding.encode(encoding.decode(roll, RATE), RATE)[:, :, :2]
    assert np.array_equal(again, roll[: len(again)])


def test_only_the_allowed_pitch_classes_are_struck():
    roll = go_on(Constant(-1, -1), 10, pitch_classes=(0, 7), lowest_pitch=48, highest_pitch=70)
    assert np.flatnonzero(roll.any(axis=(0, 2))).tolist() == [48, 55, 60, 67]


def test_a_note_out_of_range_or_key_may_go_on_but_is_not_struck_again():
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, [21, 61]] = True
    roll = go_on(Constant(-1, 20), 2, snippet, lowest_pitch=40, pitch_classes=(0,))
    assert roll[:, [21, 61], SOUNDING].all()
    assert not roll[:, [21, 61], ONSET].any()


def test_top_p_rids_of_far_fetched_notes():
    model = Constant(-6, 0)
    model.says[60] = 0
    roll = go_on(model, 30, top_p=0.99, longest_silence=60)
    assert np.flatnonzero(roll.any(axis=(0, 2))).tolist() == [60]
    assert go_on(model, 30, longest_silence=60).any(axis=(0, 2)).sum() > 5


def test_top_p_takes_what_is_nearly_certain_for_certain():
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, 60] = True
    knobs = {"longest_silence": 60, "longest_note": 60}
    assert not go_on(Constant(-20, 4), 30, snippet, **knobs)[-1].any()
    assert go_on(Constant(-20, 4), 30, snippet, **knobs, top_p=0.98)[-1].any()


@pytest.mark.parametrize("top_p", [0.5, 0.9])
def test_the_guards_work_at_any_top_p(top_p):
    roll = go_on(Constant(-20, 20), 60, top_p=top_p)
    assert roll_statistics(roll, RATE)["longest_silence"] < 6
    assert roll_statistics(roll, RATE)["longest_note"] < 3 + 5


@pytest.mark.parametrize("model", [Chain, lively])
def test_several_takes_are_guarded_each_by_itself(model):
    rolls, _ = several(model(), range(4), seconds=8, max_polyphony=3)
    assert rolls[..., SOUNDING].sum(axis=2).max(axis=1).tolist() == [3] * 4
    for roll in rolls:
        again = encoding.encode(encoding.decode(roll, RATE), RATE)[:, :, :2]
        assert np.array_equal(again, roll[: len(again)])


def test_where_a_chord_gives_way_the_nats_are_of_what_is_left():
    _, nats = several(Constant(10, 10), [1], seconds=1 / RATE, max_polyphony=2)
    assert nats[0, 0] == pytest.approx(126 * 10, rel=1e-3)


@pytest.mark.parametrize("name", ["lstm", "chords"])
def test_a_models_nats_of_its_own_notes_are_those_of_its_evaluation(name, pack_songs, riff):
    import keras

    from mathrock.dataset.sequences import Sequences
    from mathrock.models import chords, chords_stepper, lstm, lstm_stepper
    from mathrock.models.music_facts import MusicFacts
    from mathrock.training.likelihood import evaluate

    maker = {"lstm": lstm, "chords": chords}[name]
    stepper = {"lstm": lstm_stepper, "chords": chords_stepper}[name].Stepper
    frequencies = np.tile([0.02, 0.5], (128, 1))
    keras.utils.set_random_seed(1)  # other weights may be silent ones
    model = maker.build_model(MusicFacts(2, (8,), frequencies, 1000, 40, 90), units=8, layers=2)
    rolls, nats = continue_song(
        stepper(model, takes=2),
        riff(24),
        16,
        RATE,
        replace(PLAIN_SAMPLING, temperature=1.3, top_p=0.95, max_polyphony=3, notes_per_second=20),
        [np.random.default_rng(seed) for seed in (1, 2)],
        places=metrical_positions((8,), np.zeros(0, BAR), 0, 24 + 16),
    )
    for take, roll in enumerate(rolls):
        knobs = {
            "valid": 0.4,
            "splits": {"take": "train"},
            "cycles": (8,),
        }  # its end for validation
        folder, _ = pack_songs({"take": roll}, **knobs, folder=f"take-{take}")
        (score,) = evaluate(model, Sequences(folder), "valid", batch=1)
        assert score.steps == 16
        assert score.notes > 10
        assert nats[take].sum() == pytest.approx(score.nats, rel=1e-4)
