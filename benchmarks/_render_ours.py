"""MIDI -> wav with the project's default engine: what `render.py` measures as ours."""

import sys

import _library  # noqa: F401
from mathrock.audio.writing import write_wav
from mathrock.rendering.synthesis import SAMPLE_RATE, SynthesisError, render


def main() -> None:
    midi, soundfont, wav = sys.argv[1:]
    try:
        samples, _ = render(midi, soundfont)
    except SynthesisError as error:
        sys.exit(str(error))
    write_wav(wav, samples, SAMPLE_RATE, "PCM_16")


if __name__ == "__main__":
    main()
