from pathlib import Path

import mido
import numpy as np
import pytest

from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Note, Part, Score, Tempo
from mathrock.rendering import fluidsynth_engine
from mathrock.rendering.synthesis import (
    ENGINES,
    QUIET,
    SynthesisError,
    open_synth,
    play,
    read_midi,
    render,
)

FONT = Path(__file__).resolve().parents[3] / "data/soundfont/rock_gm_fluidr3mono.sf3"
RATE = 44100
CLEAN, DISTORTION, PIANO = 27, 30, 0
BEAT = 480  # ticks, half a second


@pytest.fixture(scope="module", params=ENGINES)
def synth(request):
    if request.param == "fluidsynth" and fluidsynth_engine.find_library() is None:
        pytest.skip("FluidSynth's library is not installed")
    return open_synth(FONT, RATE, request.param)


@pytest.fixture(scope="module")
def tiny():
    return open_synth(FONT)


def message(kind, time=0, **values):
    return mido.Message(kind, time=time, **values)


def control(number, value, channel=0):
    return message("control_change", channel=channel, control=number, value=value)


def song(*messages, program=CLEAN, channel=0):
    first = message("program_change", channel=channel, program=program)
    midi = mido.MidiFile(type=0, ticks_per_beat=BEAT)
    midi.tracks.append(mido.MidiTrack([first, *messages]))
    return midi


def note(key=64, velocity=100, beats=1.0, channel=0, time=0):
    return (
        message("note_on", time, channel=channel, note=key, velocity=velocity),
        message("note_off", round(beats * BEAT), channel=channel, note=key),
    )


def sound(synth, *messages, **options):
    return play(song(*messages, **options), synth)[0]


def level(samples):
    return 20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-12)


def pitch(samples):
    """Frequency of the strongest partial in Hz, refined between the bins."""
    size = 1 << 17
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1) * np.hanning(len(samples)), size))
    return np.argmax(spectrum) * RATE / size


def semitones(a, b):
    return 12 * np.log2(pitch(b) / pitch(a))


def test_samples_are_stereo_float32_and_the_same_every_time(synth):
    messages = [*note(64), *note(36, channel=9)]
    first, second = sound(synth, *messages), sound(synth, *messages)
    assert first.dtype == np.float32
    assert first.shape[1] == 2
    assert np.array_equal(first, second)
    assert 0.01 < np.abs(first).max() < 1


def test_a_fresh_synth_gives_what_a_used_one_gives(tiny):
    for _ in range(2):
        sound(tiny, control(7, 20), control(101, 0), control(100, 0), control(6, 12), *note(40))
        message_bend = message("pitchwheel", pitch=3000)
        sound(tiny, message_bend, control(64, 127), *note(50))
    assert np.array_equal(sound(tiny, *note(64)), sound(open_synth(FONT), *note(64)))


def test_half_the_velocity_is_twelve_decibels_quieter(synth):
    loud, soft = sound(synth, *note(velocity=127)), sound(synth, *note(velocity=64))
    assert level(soft[:RATE]) - level(loud[:RATE]) == pytest.approx(-11.9, abs=0.3)


@pytest.mark.parametrize("number", [7, 11])
def test_volume_and_expression_follow_the_square(synth, number):
    loud = sound(synth, control(number, 127), *note())
    soft = sound(synth, control(number, 64), *note())
    assert level(soft[:RATE]) - level(loud[:RATE]) == pytest.approx(-11.9, abs=0.3)


def test_volume_is_100_until_it_is_set(synth):
    assert np.allclose(sound(synth, *note()), sound(synth, control(7, 100), *note()), atol=1e-6)


def test_reset_controllers_keeps_volume_and_drops_expression(synth):
    expected = sound(synth, control(7, 50), *note())
    changed = sound(synth, control(7, 50), control(11, 10), control(121, 0), *note())
    assert level(changed[:RATE]) == pytest.approx(level(expected[:RATE]), abs=0.1)


def test_pan(synth):
    left = sound(synth, control(10, 0), *note())
    right = sound(synth, control(10, 127), *note())
    middle = sound(synth, *note())
    assert level(left[:RATE, 0]) - level(left[:RATE, 1]) > 18
    assert level(right[:RATE, 1]) - level(right[:RATE, 0]) > 18
    assert level(middle[:RATE, 0]) == pytest.approx(level(middle[:RATE, 1]), abs=0.2)


def test_bend_of_two_semitones_and_of_twelve_by_rpn(synth):
    plain = sound(synth, *note(beats=2))[:RATE]
    up = message("pitchwheel", pitch=8191)
    wide = [control(101, 0), control(100, 0), control(6, 12), control(38, 0)]
    assert semitones(plain, sound(synth, up, *note(beats=2))[:RATE]) == pytest.approx(2, abs=0.1)
    wider = sound(synth, *wide, up, *note(beats=2))[:RATE]
    assert semitones(plain, wider) == pytest.approx(12, abs=0.15)


def test_pedal_holds_released_notes_until_it_is_lifted(synth):
    ending = message("note_off", 2 * BEAT, note=1)
    off = sound(synth, *note(beats=0.5), ending)
    held = sound(synth, control(64, 127), *note(beats=0.5), ending)
    later = slice(RATE * 3 // 4, RATE)
    assert level(held[later]) - level(off[later]) > 30
    lift = message("control_change", BEAT // 2, control=64, value=0)
    lifted = sound(synth, control(64, 127), *note(beats=0.5), lift, ending)
    assert level(lifted[RATE : RATE * 5 // 4]) < level(held[RATE : RATE * 5 // 4]) - 30


def test_crash_rings_on_after_the_last_event(synth):
    samples = sound(synth, *note(49, 127, beats=0.25, channel=9))
    assert len(samples) > 2 * RATE
    assert np.abs(samples[-RATE // 4 :]).max() <= QUIET
    assert np.abs(samples[RATE : RATE * 3 // 2]).max() > 10 * QUIET


def test_notes_that_never_end_are_ended_with_the_file(synth):
    samples = sound(synth, message("note_on", note=64, velocity=100), message("note_off", BEAT))
    assert len(samples) < 4 * RATE


def test_channel_ten_plays_drums(synth):
    drum, guitar = sound(synth, *note(38, channel=9)), sound(synth, *note(38))
    flatness = [np.abs(np.fft.rfft(x[: RATE // 4, 0])).argmax() for x in (drum, guitar)]
    assert not np.allclose(drum[:1000], guitar[:1000])
    assert flatness[0] != flatness[1]


def test_program_change_in_the_middle_of_a_track(synth):
    change = message("program_change", program=PIANO)
    whole = sound(synth, *note(), change, *note(time=7 * BEAT))
    alone = sound(synth, *note(), program=PIANO)
    start = 4 * RATE
    window = slice(RATE // 10, RATE // 3)
    assert level(whole[start:][window]) == pytest.approx(level(alone[window]), abs=0.5)
    assert pitch(whole[start:][window]) == pytest.approx(pitch(alone[window]), rel=0.01)


def test_onsets_follow_the_tempo_map(tmp_path, synth):
    tempos = (Tempo(0.0, 120.0), Tempo(2.0, 73.0), Tempo(4.0, 181.5))
    onsets = [0.5, 2.5, 4.75, 5.5]
    part = Part("", [Note(t, t + 0.1, 60, 127) for t in onsets], PIANO)
    write_score(tmp_path / "a.mid", Score([part], tempos))
    samples, _ = play(read_midi(tmp_path / "a.mid"), synth)
    delays = []
    for onset in onsets:
        at = round(onset * RATE)
        envelope = np.abs(samples[at - 441 : at + 4410]).max(axis=1)
        delays.append(np.argmax(envelope > 0.05 * envelope.max()) - 441)
    assert np.ptp(delays) <= 90  # 2 ms: FluidSynth works in blocks of 64 samples


def test_distorted_and_clean_guitar_are_balanced_as_in_other_players(synth):
    clean, dirty = sound(synth, *note(52)), sound(synth, *note(52), program=DISTORTION)
    assert -10 < level(dirty[: RATE // 2]) - level(clean[: RATE // 2]) < 0


def test_missing_programs_are_reported_and_played_by_the_family(synth):
    messages = [*note(channel=3), message("program_change", channel=5, program=81)]
    samples, skipped = play(song(*messages, program=24, channel=3), synth)
    assert skipped == [(3, 24)]  # 81 has no notes
    assert np.allclose(samples, sound(synth, *note(channel=3), program=25, channel=3), atol=1e-5)


def test_present_programs_are_not_reported(tiny):
    assert play(song(*note(), *note(36, channel=9)), tiny)[1] == []


def test_a_file_without_notes_is_silence(synth):
    samples, skipped = play(song(message("note_off", BEAT)), synth)
    assert np.abs(samples).max() < QUIET
    assert len(samples) >= RATE // 2
    assert skipped == []
    assert np.abs(play(mido.MidiFile(), synth)[0]).max(initial=0) < QUIET


def test_other_sample_rates_keep_pitch_and_time():
    low, _ = play(song(*note(beats=2)), open_synth(FONT, 22050), 22050)
    peak = np.argmax(np.abs(np.fft.rfft(low[:22050, 0]))) * 1.0
    high, _ = play(song(*note(beats=2)), open_synth(FONT), RATE)
    assert peak == pytest.approx(np.argmax(np.abs(np.fft.rfft(high[:RATE, 0]))), abs=2)


def test_an_absurd_length_is_refused(tiny):
    with pytest.raises(SynthesisError, match="more than 3600 s"):
        play(song(message("note_off", 1 << 27)), tiny)


def test_render_reads_a_file_and_names_bad_ones(tmp_path):
    path = tmp_path / "a.mid"
    song(*note()).save(path)
    samples, skipped = render(path, FONT)
    assert np.array_equal(samples, render(str(path), str(FONT))[0])
    assert skipped == []

    cut = tmp_path / "cut.mid"
    cut.write_bytes(path.read_bytes()[:-6])
    empty = tmp_path / "empty.mid"
    empty.touch()
    for bad in (cut, empty, tmp_path / "none.mid"):
        with pytest.raises(SynthesisError, match=rf"MIDI file .*{bad.name} is .*run again"):
            render(bad, FONT)
    with pytest.raises(SynthesisError, match="not a SoundFont"):
        render(path, path)
    with pytest.raises(SynthesisError, match="choose one of tinysoundfont, fluidsynth"):
        render(path, FONT, engine="timidity")
