"""Compose surf-rock instrumentals in the manner of the early sixties, from a seed.

A piece is data, in `surf_pieces`: 4/4, with themes for the lead guitar that recur note for note.
The seed decides the bass figure of each section, the drum fill at its end, and the players' small
deviations. Figures have one character per eighth, fills one per sixteenth.
"""

import zlib
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from mathrock.demo.melody import BAR, NATURALS, Tone
from mathrock.demo.players import BAR_ACCENT, GROUP_ACCENT, Stroke, cut_notes, humanise
from mathrock.demo.surf_pieces import PIECES, Piece, Section
from mathrock.music.score import Metre, Note, Part, Score, Tempo

LEAD, RHYTHM, BASS = ("Lead guitar", 27), ("Rhythm guitar", 26), ("Bass", 34)  # MIDI programs

# From how many sixteenths on a note is picked tremolo: struck on every sixteenth.
PICKING = {"tremolo": 2, "melody": 6, "picked": 2 * BAR}
UPSTROKE = 7  # velocity by which every other stroke of a tremolo is softer
LONGEST_TONE = 10  # sixteenths that a string struck once rings

TRIADS = {"": (0, 4, 7), "m": (0, 3, 7)}
LOWEST_TRIAD, LOWEST_BASS = 57, 28  # MIDI pitches: an open string of the guitar, and of the bass
COMPING = {"offbeats": ".x.x.x.x", "eighths": "xxxxxxxx", "backbeats": "..x..xx."}
STAB = 1.3  # sixteenths that a chord sounds before the hand damps it
# Root, fifth and octave; in every figure the root begins.
WALKS = ["11558855", "1.5.8.5.", "11115555", "1.158.5.", "11885588"]
WALK = {"1": 0, "5": 7, "8": 12}  # semitones

# General MIDI drum kit
KICK, SNARE, CLOSED_HAT, CRASH, RIDE = 36, 38, 42, 49, 51
LOW_TOM, MID_TOM, HIGH_TOM = 43, 47, 50
BEATS = {  # the surf beat: boom, bap-bap, boom, bap
    "surf": {KICK: "x...x...", SNARE: "..xx..x.", CLOSED_HAT: "xxxxxxxx"},
    "ride": {KICK: "x...xx..", SNARE: "..xx..x.", RIDE: "xxxxxxxx"},
    "toms": {KICK: "x.x.x.x.", LOW_TOM: "xxxxxxxx", SNARE: "..x...x."},
}
LOUDNESS = {KICK: 84, SNARE: 84, CLOSED_HAT: 62, RIDE: 64, LOW_TOM: 72, CRASH: 84}  # velocities
FILLS = ["sssshhhhmmmmllll", "........sssshhll", "........ssssssss", "ssssssssssssssss"]
FILLS += ["s.sss.sshhmmllll", "....s.ssh.hhl.ll"]
ROLLED = {"s": SNARE, "h": HIGH_TOM, "m": MID_TOM, "l": LOW_TOM}
ROLL_SOFTEST, ROLL_RISE = 56, 30  # velocity on a bar's first slot, and what a roll gains in it

ENDING_SECONDS = 2.6  # that the last chord is held


class _Bar(NamedTuple):
    """A bar in time; `place` counts the bars of its section from 0."""

    start: float  # seconds
    slot: float  # seconds of a sixteenth
    chord: str
    section: Section
    place: int
    walk: str
    fill: str  # empty but in the last bar of a section

    def perform(self, slot: int, base: float, rng: np.random.Generator) -> tuple[float, int]:
        """Give a slot's onset and velocity: `base`, accents of beats and a player's deviations."""
        accent = BAR_ACCENT if slot == 0 else GROUP_ACCENT * (slot % 4 == 0)
        return humanise(self.start + slot * self.slot, base + accent, rng)


def compose(name: str, seed: int = 0) -> Score:
    """Compose the piece `name` of `PIECES`; the same seed gives the same Score.

    The parts are "Lead guitar" (MIDI pitches 40 to 72), "Rhythm guitar" (57 to 76), "Bass" (28 to
    55) and "Drums". Times are seconds from the start, velocities 25 to 122, the tempo quarter notes
    a minute. Pieces last 25 to 45 s.

    Args:
        name: A key of `PIECES`.
        seed: Any whole number from 0 on.

    Raises:
        ValueError: there is no such piece, or the seed is negative.
    """
    if name not in PIECES:
        raise ValueError(f"no piece is called {name!r}; there are {', '.join(PIECES)}")
    piece = PIECES[name]
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    bars, end = _lay_out(piece, rng)
    last = _last_chord(piece, end, rng)
    players = ((LEAD, _lead), (RHYTHM, _rhythm), (BASS, _bass))
    parts = [
        Part(part, cut_notes([*play(bars, rng), *last[part]]), program)
        for (part, program), play in players
    ]
    hits = [*_drums(bars, rng), *(_hit(end, key, 96, rng) for key in (KICK, CRASH))]
    parts.append(Part("Drums", sorted(hits), is_drum=True))
    return Score(parts, (Tempo(0.0, piece.bpm),), (Metre(0.0, 4, 4),), piece.title)


def _lay_out(piece: Piece, rng: np.random.Generator) -> tuple[list[_Bar], float]:
    """Lay out the form as bars, and give their end in seconds; a section keeps its bass figure."""
    walks = {letter: str(rng.choice(WALKS)) for letter in piece.sections}
    bars, slot = [], 15 / piece.bpm
    for letter in piece.form:
        section = piece.sections[letter]
        fill = str(rng.choice(FILLS))
        for place, chord in enumerate(section.chords):
            is_last = place == len(section.chords) - 1
            start = len(bars) * BAR * slot
            bars.append(
                _Bar(start, slot, chord, section, place, walks[letter], fill if is_last else "")
            )
    return bars, len(bars) * BAR * slot


def _lead(bars: list[_Bar], rng: np.random.Generator) -> list[Stroke]:
    """Perform the themes: a note is one stroke or one on every sixteenth, as a glissando is."""
    strokes = []
    for bar in bars:
        theme = bar.section.theme
        for tone, following in zip(theme, [*theme[1:], theme[0]], strict=True):
            if tone.slot // BAR != bar.place:
                continue
            pitches = _picked(tone, following, PICKING[bar.section.picking])
            longest = bar.slot * (1 if len(pitches) > 1 else min(tone.length, LONGEST_TONE))
            for place, pitch in enumerate(pitches):
                base = 84 - UPSTROKE * (place % 2)
                onset, velocity = bar.perform(tone.slot % BAR + place, base, rng)
                strokes.append(Stroke(onset, velocity, [pitch], longest, 0.0))
    return strokes


def _picked(tone: Tone, following: Tone, tremolo: int) -> list[int]:
    """List the pitches of a tone's strokes, a sixteenth apart; a single one lasts the whole tone.

    A glissando runs through the pitches between the tone and the following one.
    """
    if tone.slides:
        step = (following.pitch - tone.pitch) / tone.length
        return [tone.pitch + round(step * place) for place in range(tone.length)]
    return [tone.pitch] * (tone.length if tone.length >= tremolo else 1)


def _rhythm(bars: list[_Bar], rng: np.random.Generator) -> list[Stroke]:
    """Perform the rhythm guitar's chord stabs."""
    strokes = []
    for bar in bars:
        for eighth in _onsets(COMPING[bar.section.comping]):
            onset, velocity = bar.perform(2 * eighth, 70, rng)
            strokes.append(Stroke(onset, velocity, _triad(bar.chord), STAB * bar.slot, 0.0))
    return strokes


def _bass(bars: list[_Bar], rng: np.random.Generator) -> list[Stroke]:
    """Perform the bass: root, fifth and octave, each until the next."""
    strokes = []
    for bar in bars:
        lowest = _bass_root(bar.chord)
        for eighth, tone in enumerate(bar.walk):
            if tone != ".":
                onset, velocity = bar.perform(2 * eighth, 80, rng)
                strokes.append(Stroke(onset, velocity, [lowest + WALK[tone]], 4 * bar.slot, 0.0))
    return strokes


def _last_chord(piece: Piece, end: float, rng: np.random.Generator) -> dict[str, list[Stroke]]:
    """Write the held tonic chord at `end` seconds, by part: the lead has root, fifth and octave."""
    tonic, scale = piece.key.split(maxsplit=1)
    chord = tonic + ("m" if scale in ("aeolian", "harmonic minor") else "")
    low = _bass_root(chord)
    pitches = {
        LEAD: [low + 12, low + 19, low + 24],
        RHYTHM: _triad(chord),
        BASS: [low],
    }
    return {
        part: [Stroke(*humanise(end, 96, rng), played, ENDING_SECONDS, 0.0)]
        for (part, _), played in pitches.items()
    }


def _pitch_class(chord: str) -> int:
    """Find the pitch class of a chord's root: "F#m" gives 6."""
    return (NATURALS[chord[0]] + chord.count("#") - chord.count("b")) % 12


def _triad(chord: str) -> list[int]:
    """Voice a chord in close position above a fixed pitch, so that the hand moves little."""
    root = _pitch_class(chord)
    classes = {(root + step) % 12 for step in TRIADS["m" if chord.endswith("m") else ""]}
    return list(islice((pitch for pitch in count(LOWEST_TRIAD) if pitch % 12 in classes), 3))


def _bass_root(chord: str) -> int:
    """Find the lowest pitch of a chord's root on a bass."""
    return LOWEST_BASS + (_pitch_class(chord) - LOWEST_BASS) % 12


def _drums(bars: list[_Bar], rng: np.random.Generator) -> list[Note]:
    """Perform the beat of each section, a crash at its begin and a fill at its end."""
    hits = []
    for bar in bars:
        written = [(0, CRASH, LOUDNESS[CRASH])] if bar.place == 0 else []
        rolled = _onsets(bar.fill)
        beaten = min(rolled, default=BAR)  # slots before the fill begins
        for key, figure in BEATS[bar.section.beat].items():
            slots = [2 * eighth for eighth in _onsets(figure)]
            written += [(slot, key, LOUDNESS[key]) for slot in slots if slot < beaten]
        written += [
            (slot, ROLLED[bar.fill[slot]], ROLL_SOFTEST + ROLL_RISE * slot / BAR) for slot in rolled
        ]
        hits += [_hit(bar.start + slot * bar.slot, key, base, rng) for slot, key, base in written]
    return hits


def _hit(time: float, key: int, base: float, rng: np.random.Generator) -> Note:
    """Perform a drum hit as a note of 50 ms."""
    onset, velocity = humanise(time, base, rng)
    return Note(onset, onset + 0.05, key, velocity)


def _onsets(figure: str) -> list[int]:
    """List the positions of a figure at which a note begins."""
    return [place for place, character in enumerate(figure) if character != "."]
