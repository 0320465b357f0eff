"""Digest the code that a job runs, so that an edit makes stale what the code made."""

import ast
import hashlib
import io
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

# What surrounds a job does not show in what the job makes: the log, the lock, the clock, digests,
# stamps, and that a file is written whole or not at all.
NEVER_SHOWS = (
    "mathrock/files/atomic.py",
    "mathrock/files/digests.py",
    "mathrock/jobs/",
    "mathrock/songs/shards/stamps.py",
)


def code_params(script: str | Path) -> dict[str, str]:
    """Make the params by which a rule depends on the code of its script.

    Snakemake compares the values of params: an edited module makes stale what it made, and the
    reason that Snakemake prints names the module. The folders of modules are in no value. Of a
    script Snakemake itself would see the date alone.

    Returns:
        {"code": "train_lstm.py 9c27d2bb2ea1", "code_lstm": "lstm.py 8a5042c74696", ...}; modules of
        one name in two folders share a param.
    """
    script = Path(script)
    digests = {}
    for module, digest in code_version(script).items():
        digests.setdefault(Path(module).stem, []).append(digest)
    return {
        "code": f"{script.name} {code_digest(script)}",
        **{
            f"code_{stem}": f"{stem}.py {' '.join(sorted(found))}"
            for stem, found in sorted(digests.items())
        },
    }


def code_version(script: str | Path) -> dict[str, str]:
    """Digest the library modules that a script imports, directly or through others.

    The modules of `NEVER_SHOWS` are left out, with what they alone import.

    Returns:
        {"mathrock/music/score.py": "8a5042c74696", ...}, the modules below the script's own folder.
    """
    script = Path(script)
    root = script.parent
    found, waiting = {}, [script]
    while waiting:
        for module in _read(waiting.pop(), root).imports:
            name = f"{module.replace('.', '/')}.py"
            if name not in found and not name.startswith(NEVER_SHOWS) and (root / name).is_file():
                found[name] = _read(root / name, root).digest
                waiting.append(root / name)
    return dict(sorted(found.items()))


def code_digest(script: str | Path) -> str:
    """Digest what a script does, without what it imports.

    Comments, docstrings and blank lines don't count. An import from a package beside the script
    counts by the last part of the module's name, by the names that it takes and by what they are
    called here, so that a module may move to another folder. Lines are hashed, not syntax trees,
    whose text changes between versions of Python.
    """
    return _read(Path(script), Path(script).parent).digest


class _Module(NamedTuple):
    digest: str
    imports: tuple[str, ...]  # all modules that it may import; of a name in a module, too


def _read(path: Path, root: Path) -> _Module:
    return _read_at(path, root, path.stat().st_mtime_ns)


@cache  # most modules are imported by many scripts
def _read_at(path: Path, root: Path, mtime_ns: int) -> _Module:
    text = path.read_text(encoding="utf-8")
    lines = text.encode().splitlines()
    imports, own = [], set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][: len(token.line[:column].encode())]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imports += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if (root / node.module.partition(".")[0]).is_dir():
                own |= _taken_by(node, root)
                _blank(lines, node)
        elif _has_docstring(node):
            _blank(lines, node.body[0])
    kept = [line.rstrip() for line in lines if line.strip()]
    digest = hashlib.sha256(b"\n".join([repr(sorted(own)).encode(), *kept])).hexdigest()[:12]
    return _Module(digest, tuple(dict.fromkeys(imports)))


def _taken_by(node: ast.ImportFrom, root: Path) -> set[tuple[str, str, str]]:
    """List the names that an import takes: (module without its folders, name, name here)."""
    path = node.module.replace(".", "/")
    is_folder = (root / path).is_dir()
    return {
        ("" if is_folder else path.rpartition("/")[2], alias.name, alias.asname or alias.name)
        for alias in node.names
        if not (f"{path}/{alias.name}.py" if is_folder else f"{path}.py").startswith(NEVER_SHOWS)
    }


def _has_docstring(node: ast.AST) -> bool:
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def _blank(lines: list[bytes], node: ast.stmt) -> None:
    """Take a statement out of the lines."""
    first, last = node.lineno - 1, node.end_lineno - 1
    after = lines[last][node.end_col_offset :]
    lines[first] = lines[first][: node.col_offset] + after
    lines[first + 1 : last + 1] = [b""] * (last - first)
