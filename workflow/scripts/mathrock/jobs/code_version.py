"""Digest the code that a job runs, so that an edit makes stale what the code made."""

import ast
import hashlib
import io
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

# What surrounds a job does not show in what the job makes: the log, the lock, the clock, digests,
# stamps, and that files are written whole and read only if they are. A limit shows in files beyond
# it alone, and 100,000 songs are not heard again for one.
NEVER_SHOWS = (
    "mathrock/files/arrays.py",
    "mathrock/files/atomic.py",
    "mathrock/files/damage.py",
    "mathrock/files/digests.py",
    "mathrock/files/limits.py",
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
    """The digest of a module's own code, and the modules that it imports."""

    digest: str
    imports: tuple[str, ...]  # all modules that it may import; of a name in a module, too


def _read(path: Path, root: Path) -> _Module:
    return _read_at(path, root, path.stat().st_mtime_ns)


@cache  # most modules are imported by many scripts
def _read_at(path: Path, root: Path, mtime_ns: int) -> _Module:
    with tokenize.open(path) as file:  # as Python reads it: a byte order mark, a coding cookie
        text = file.read()
    tree, lines = ast.parse(text), text.encode().split(b"\n")
    own, inside_strings = [], set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][: len(token.line[:column].encode())]
        inside_strings |= _rows_inside(token)
    imports = [name for node in ast.walk(tree) for name in _imported_by(node)]
    # The last first, so that the columns of those before it on its line stay right.
    for node in sorted(_statements(tree), key=lambda node: (-node.lineno, -node.col_offset)):
        if not isinstance(node, ast.ImportFrom):  # a docstring
            _replace(lines, node, b"")
            inside_strings -= {*range(node.lineno, node.end_lineno)}
        elif _is_own(node, root):
            taken = sorted(_taken_by(node, root))
            is_at_top = node in tree.body
            _replace(lines, node, b"" if is_at_top else repr(taken).encode())
            own += reversed(taken) if is_at_top else []
    if len({here for *_, here in own}) == len(own):  # else the last of two imports of a name holds
        own.sort()
    kept = [
        line if row in inside_strings else line.rstrip()
        for row, line in enumerate(lines, 1)
        if line.strip() or row in inside_strings
    ]
    digest = hashlib.sha256(b"\n".join([repr(own).encode(), *kept])).hexdigest()[:12]
    return _Module(digest, tuple(dict.fromkeys(imports)))


def _rows_inside(token: tokenize.TokenInfo) -> set[int]:
    """The lines whose ends lie inside a string: what is blank there is not only layout."""
    is_string = token.type in (tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None))
    return {*range(token.start[0], token.end[0])} if is_string else set()


def _statements(tree: ast.Module) -> list[ast.stmt]:
    """The docstrings and all imports from a module."""
    nodes = [*ast.walk(tree)]
    docstrings = [node.body[0] for node in nodes if _has_docstring(node)]
    return docstrings + [node for node in nodes if isinstance(node, ast.ImportFrom)]


def _imported_by(node: ast.AST) -> list[str]:
    """The modules that a statement may import; of a name in a module, too."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _is_own(node: ast.ImportFrom, root: Path) -> bool:
    return node.level == 0 and (root / node.module.partition(".")[0]).is_dir()


def _taken_by(node: ast.ImportFrom, root: Path) -> set[tuple[str, str, str]]:
    """The names that an import takes: (module without its folders, name, name here)."""
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


def _replace(lines: list[bytes], node: ast.stmt, text: bytes) -> None:
    """Put a text in the place of a statement."""
    first, last = node.lineno - 1, node.end_lineno - 1
    after = lines[last][node.end_col_offset :]
    lines[first] = lines[first][: node.col_offset] + text + after
    lines[first + 1 : last + 1] = [b""] * (last - first)
