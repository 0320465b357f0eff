"""What the page tells of each rule's time and memory."""

from mathrock.report import making_of


def test_rules_are_measured_over_their_jobs(tmp_path):
    for path, text in {
        "hear_song/a.tsv": "s\tmax_rss\n3.0\t100\n",
        "hear_song/b.tsv": "s\tmax_rss\n5.0\t200\n",
        "fx/chords/x.tsv": "s\tmax_rss\n0.1\t3\n",
        "pack.tsv": "s\tmax_rss\n20\tNA\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    rows = making_of.measure_rules(tmp_path)
    assert [(row["rule"], row["jobs"], row["total"], row["longest"]) for row in rows] == [
        ("pack", 1, "20.0 s", "20.0 s"),
        ("hear_song", 2, "8.0 s", "5.0 s"),
        ("fx", 1, "0.1 s", "0.1 s"),
    ]
    assert [row["memory"] for row in rows] == ["–", "210 MB", "–"]


def test_no_benchmarks_no_rules(tmp_path):
    assert making_of.measure_rules(tmp_path / "none") == []
