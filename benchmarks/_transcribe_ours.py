"""One recording -> MIDI with the project's own code: what `transcribe.py` measures as ours.

Prints the recording's seconds, or says in one line why it cannot be used.
"""

import argparse
import sys

import _library  # noqa: F401
from mathrock.audio.reading import AudioError, read_mono
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Part, Score
from mathrock.transcription import basic_pitch
from mathrock.transcription.note_creation import create_notes

ELECTRIC_GUITAR = 27


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("recording")
    options.add_argument("midi")
    options.add_argument("--onset-threshold", type=float, default=0.6)
    options.add_argument("--frame-threshold", type=float, default=0.4)
    options.add_argument("--minimum-note-length", type=float, default=58, help="milliseconds")
    options.add_argument("--no-melodia", action="store_true")
    options.add_argument("--model", help="the rewritten model; Basic Pitch's own without it")
    options.add_argument("--threads", type=int, default=1)
    given = options.parse_args()
    try:
        recording = read_mono(given.recording, basic_pitch.SAMPLE_RATE)
    except AudioError as error:
        sys.exit(str(error))
    notes = create_notes(
        basic_pitch.predict(recording.samples, given.model, given.threads),
        onset_threshold=given.onset_threshold,
        frame_threshold=given.frame_threshold,
        minimum_note_ms=given.minimum_note_length,
        melodia=not given.no_melodia,
    )
    write_score(given.midi, Score([Part("Transcription", notes, ELECTRIC_GUITAR)]))
    assert "tensorflow" not in sys.modules  # its import would be most of what is measured
    print(recording.duration)


if __name__ == "__main__":
    main()
