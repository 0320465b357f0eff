"""Write the table of finished takes: statistics beside the training songs', and the tracks."""

from pathlib import Path

from tabulate import tabulate

from mathrock.files.json_files import read_json
from mathrock.files.tsv import read_rows, write_rows
from mathrock.generation.variations import made_of, tracks_of

COLUMNS = ("take", "model", "song", "seconds", "notes_per_second", "training_notes_per_second")
COLUMNS += ("nats_per_step", "longest_silence_s", "crowded_steps", "track")


def write_table(path: str | Path, tracks: list[str], made: list[str], metrics: list[str]) -> None:
    """Write a tab-separated row for each track.

    Args:
        tracks: .mp3 of each track, in a folder named after its model.
        made: .json of each take, in a folder named after its model.
        metrics: .json of each model, in a folder named after it.
    """
    finished = {(Path(track).parent.name, Path(track).stem): track for track in tracks}
    density = {Path(file).parent.name: read_json(file)["notes_per_second"] for file in metrics}
    rows = []
    for origin in made:
        take, model = read_json(origin), Path(origin).parent.name
        variations = take["made"]["settings"]["variations"]
        for name, (_, variation) in tracks_of(take["take"], variations).items():
            its = made_of(take, variation)
            like = its["take_is_like"]
            measures = [like["seconds"], like["notes_per_second"], density[model]]
            measures += [its["nats_per_step"], like["longest_silence"], like["crowded"]]
            rows.append([name, model, take["song"], *measures, finished[model, name]])
    write_rows(path, COLUMNS, rows)


def show_table(path: str | Path) -> str:
    """Format the table for the terminal."""
    rows = [
        {
            "take": take["take"],
            "model": take["model"],
            "after": take["song"],
            "notes/s (training songs)": f"{float(take['notes_per_second']):.1f}"
            f" ({float(take['training_notes_per_second']):.1f})",
            "longest silence": f"{float(take['longest_silence_s']):.1f} s",
            "finished track": take["track"],
        }
        for take in read_rows(path)
    ]
    return tabulate(rows, headers="keys", disable_numparse=True)
