import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks/copies.py"


def test_all_ways_find_the_planted_copy():
    command = [sys.executable, SCRIPT, "--songs", "4", "5", "--json"]
    rows = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["rows"]
    assert [row["songs"] for row in rows] == [4, 4, 4, 4, 5, 5]
    longest = [max(notes for notes, _ in row["found"]) for row in rows]
    assert min(longest) > 50
