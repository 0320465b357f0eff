import json
import platform
from importlib.metadata import version

from mathrock.files.json_files import read_json, write_json
from mathrock.files.provenance import collect_provenance


def test_provenance_is_plain_and_complete(tmp_path):
    (tmp_path / "in").write_bytes(b"abc")
    made = collect_provenance({"seed": 1}, [tmp_path / "in"], ["numpy"])
    assert json.loads(json.dumps(made)) == made
    assert made["settings"] == {"seed": 1}
    assert made["versions"]["numpy"] == version("numpy")
    assert made["versions"]["python"] == platform.python_version()
    assert made["inputs"] == {
        str(tmp_path / "in"): "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }


def test_json_comes_back_and_can_be_read_by_people(tmp_path):
    values = {"song": "ギター", "steps": [1, 2.5, None, True]}
    write_json(tmp_path / "a.json", values)
    assert read_json(tmp_path / "a.json") == values
    assert "ギター" in (tmp_path / "a.json").read_text(encoding="utf-8")
