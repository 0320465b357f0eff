from mathrock.songs.key_table import COLUMNS, UNKNOWN, SongKey, read_keys, write_keys

FOUND = SongKey("Bb major", 0.812, "Bb lydian", (0, 2, 4, 5, 7, 9, 10), 0.973)


def test_a_table_comes_back(tmp_path):
    keys = {"a": FOUND, "b": SongKey(), "c": SongKey("F# minor", 0.6)}
    write_keys(tmp_path / "keys.tsv", keys)
    assert read_keys(tmp_path / "keys.tsv") == keys


def test_a_row_for_each_song(tmp_path):
    write_keys(tmp_path / "keys.tsv", {"a": FOUND, "b": SongKey()})
    assert (tmp_path / "keys.tsv").read_text().splitlines() == [
        "\t".join(COLUMNS),
        "a\tBb major\t0.812\tBb lydian\t0 2 4 5 7 9 10\t0.973",
        "b\tunknown\t\tunknown\t\t",
        "",
    ]


def test_no_songs_is_a_table_without_rows(tmp_path):
    write_keys(tmp_path / "keys.tsv", {})
    assert read_keys(tmp_path / "keys.tsv") == {}


def test_the_tonic_is_a_number():
    assert (FOUND.tonic, SongKey("F# minor").tonic, SongKey(UNKNOWN).tonic) == (10, 6, None)
