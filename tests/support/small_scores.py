"""Small sound scores of every kind that songs come in; the same bytes every time."""

import io
import tempfile
import zipfile
from pathlib import Path

import guitarpro
import mido

from mathrock.demo.songs import compose
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Score

ABC = """%abc-2.1
X:1
T:Seven Tëas
C:nobody
M:7/8
L:1/8
Q:3/8=120
%%MIDI program 27
V:1 clef=treble name="Lead"
V:2 clef=bass
K:Em
P:A
V:1
|: "Em"E2 [GB]2 (3efg e | !trill!B3 {cd}A4- | A2 ^F>G =c,2 z |1 [M:4/4]B8 :|2 [K:D]d'4 ~d4 |]
w: one two_ three- four * five
V:2
|: E,,7 | x2 B,,5 | [E,,B,,]4 z3 |1 E,,8 :|2 D,8 |]
P:B
V:1
[Q:1/4=90] A/2B/c/4d/4 e2- e2 !fermata!f | .G .G (4GABc d2 | [V:2] B,,7 | D,2 F,2 A,3 |]
W: words at the end
"""

BOOK = "X:7\nT:Twenty\nM:6/8\nL:1/8\nR:jig\nK:Ador\n|:eAA ABc|dBG G2 e::a3 bag|1 A3 A2:|2 A6||\n\n"
BOOK += "X:8\nT:Other\nM:C|\nK:Bb clef=alto\nB,2 [B,D]F/G/ A<B | & x4 | Z2 | c4 y d4 |]\n"

XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"
 "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><work><work-title>Séven</work-title></work><part-list>
<score-part id="P1"><part-name>Guitar &amp; more</part-name>
<score-instrument id="I1"><instrument-name>Guitar</instrument-name></score-instrument>
<midi-instrument id="I1"><midi-channel>1</midi-channel><midi-program>28</midi-program>
</midi-instrument></score-part>
<score-part id="P2"><part-name>Drums</part-name>
<score-instrument id="I2"><instrument-name>Snare</instrument-name></score-instrument>
<midi-instrument id="I2"><midi-channel>10</midi-channel><midi-unpitched>39</midi-unpitched>
</midi-instrument></score-part></part-list>
<part id="P1"><measure number="0" implicit="yes">
<attributes><divisions>4</divisions><key><fifths>1</fifths></key>
<time><beats>7</beats><beat-type>8</beat-type></time><staves>2</staves>
<transpose><diatonic>0</diatonic><chromatic>0</chromatic><octave-change>-1</octave-change></transpose>
</attributes><direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>
<per-minute>120</per-minute></metronome></direction-type><sound tempo="180"/></direction>
<note><pitch><step>E</step><octave>5</octave></pitch><duration>2</duration><voice>1</voice></note>
</measure><measure number="1"><barline location="left"><repeat direction="forward"/></barline>
<direction><direction-type><segno/></direction-type><sound segno="1" dynamics="80"/></direction>
<note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>
<note dynamics="90"><pitch><step>F</step><alter>1</alter><octave>5</octave></pitch>
<duration>8</duration><tie type="start"/><voice>1</voice><notations><tied type="start"/></notations>
</note><note><chord/><pitch><step>A</step><octave>5</octave></pitch><duration>8</duration></note>
<note><pitch><step>F</step><alter>1</alter><octave>5</octave></pitch><duration>6</duration>
<tie type="stop"/></note><backup><duration>14</duration></backup>
<note><rest measure="yes"/><duration>14</duration><voice>2</voice><staff>2</staff></note></measure>
<measure number="2"><barline location="left"><ending number="1" type="start"/></barline>
<forward><duration>4</duration></forward><note><pitch><step>B</step><alter>-1</alter>
<octave>4</octave></pitch><duration>10</duration><time-modification><actual-notes>3</actual-notes>
<normal-notes>2</normal-notes></time-modification></note><barline location="right">
<ending number="1" type="stop"/><repeat direction="backward" times="2"/></barline></measure>
<measure number="3"><barline location="left"><ending number="2" type="start"/></barline>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>14</duration></note>
<barline location="right"><ending number="2" type="stop"/></barline></measure>
<measure number="4"><attributes><measure-style><multiple-rest>1</multiple-rest></measure-style>
<time><beats>3+2</beats><beat-type>8</beat-type></time></attributes>
<note><pitch><step>G</step><octave>4</octave></pitch><duration>10</duration></note>
<direction><direction-type><words>D.S.</words></direction-type><sound dalsegno="1"/>
</direction></measure></part>
<part id="P2"><measure number="0"><attributes><divisions>2</divisions></attributes>
<note><rest/><duration>1</duration></note></measure><measure number="1">
<note><unpitched><display-step>C</display-step><display-octave>5</display-octave></unpitched>
<duration>7</duration><instrument id="I2"/></note></measure><measure number="2">
<note><rest measure="yes"/></note></measure><measure number="3"><note><unpitched/>
<duration>7</duration></note></measure><measure number="4"/></part></score-partwise>
"""

VERSIONS = [(3, 0, 0), (4, 0, 6), (5, 1, 0)]  # of Guitar Pro

CONTAINER = """<?xml version="1.0"?><container><rootfiles><rootfile full-path="a.musicxml"
 media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>"""


def small_scores() -> dict[str, list[bytes]]:
    """Make some files of each ending."""
    xml = XML.encode()
    by_time = (
        b'<score-timewise><part-list><score-part id="P1"><part-name/></score-part></part-list>'
    )
    by_time += b'<measure number="1"><part id="P1"><note><pitch><step>C</step><octave>4</octave>'
    by_time += b"</pitch><duration>1</duration></note></part></measure></score-timewise>"
    return {
        "mid": [*map(_composed, ("paper-planets", "longboard-summer")), _sequenced()],
        "abc": [ABC.encode(), BOOK.encode("latin-1")],
        "musicxml": [xml, by_time],
        "mxl": [zipped({"META-INF/container.xml": CONTAINER.encode(), "a.musicxml": xml})],
        **{f"gp{version[0]}": [_tablature(version)] for version in VERSIONS},
    }


def zipped(members: dict[str, bytes]) -> bytes:
    """Pack files into an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _composed(name: str) -> bytes:
    """Write the first seconds of a demo song as MIDI."""
    song = compose(name)
    parts = [part._replace(notes=[n for n in part.notes if n.onset < 4]) for part in song.parts]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.mid")
        write_score(path, Score(parts, song.tempos, song.metres, song.title, song.markers))
        return path.read_bytes()


def _sequenced() -> bytes:
    """Write what sequencers write beside notes: exclusive messages, banks, bends, odd events."""
    midi = mido.MidiFile(type=1, ticks_per_beat=96)
    midi.add_track("first").extend(
        [
            mido.MetaMessage("smpte_offset", hours=1),
            mido.MetaMessage("key_signature", key="F#m"),
            mido.MetaMessage("time_signature", numerator=5, denominator=8),
            mido.MetaMessage("set_tempo", tempo=400_000, time=96),
            mido.MetaMessage("lyrics", text="la", time=96),
            mido.Message("sysex", data=(0x43, 0x10, 0x4C, 0, 0, 0x7E, 0)),
            mido.MetaMessage("set_tempo", tempo=600_000, time=300),
        ]
    )
    track = midi.add_track("bass")
    track.append(mido.Message("control_change", control=0, value=127, channel=10))
    track.append(mido.Message("program_change", program=33, channel=3))
    for number in range(24):
        pitch, channel = 36 + number, (3, 9, 10)[number % 3]
        track.append(mido.Message("note_on", note=pitch, velocity=80, channel=channel))
        track.append(mido.Message("pitchwheel", pitch=number, channel=channel, time=10))
        track.append(mido.Message("note_on", note=pitch, velocity=0, channel=channel, time=30))
    return _saved(midi.save)


def _tablature(version: tuple[int, int, int]) -> bytes:
    """Write a Guitar Pro file with repeats, endings, ties, effects and changes."""
    song = guitarpro.Song(title="Tést", tempo=140)
    song.measureHeaders = [guitarpro.MeasureHeader(number=number + 1) for number in range(4)]
    song.measureHeaders[0].isRepeatOpen = True
    song.measureHeaders[1].repeatAlternative = 1
    song.measureHeaders[1].repeatClose = 1
    song.measureHeaders[2].repeatAlternative = 2
    song.measureHeaders[3].timeSignature.numerator = 7
    guitar = guitarpro.Track(song, name="Lead")
    drums = guitarpro.Track(song, number=2, name="Drums", isPercussionTrack=True)
    song.tracks = [guitar, drums]
    for track in song.tracks:
        track.measures = [guitarpro.Measure(track, header) for header in song.measureHeaders]
        for number, measure in enumerate(track.measures):
            for at in range(4):
                measure.voices[0].beats.append(_beat(measure.voices[0], number, at))
    return _saved(lambda file: guitarpro.write(song, file, version))


def _beat(voice: guitarpro.Voice, bar: int, at: int) -> guitarpro.Beat:
    beat = guitarpro.Beat(voice, duration=guitarpro.Duration(4 if at % 2 else 8))
    beat.status = guitarpro.BeatStatus.normal
    kind = guitarpro.NoteType.tie if at == 3 else guitarpro.NoteType.normal
    note = guitarpro.Note(beat, value=at + bar, string=2, type=kind)
    note.effect.hammer = at == 1
    note.effect.palmMute = at == 2
    if bar == 1 and not at:
        points = [guitarpro.BendPoint(0, 0), guitarpro.BendPoint(12, 4)]
        note.effect.bend = guitarpro.BendEffect(guitarpro.BendType.bend, 100, points)
    beat.notes.append(note)
    return beat


def _saved(save) -> bytes:
    buffer = io.BytesIO()
    save(file=buffer)
    return buffer.getvalue()
