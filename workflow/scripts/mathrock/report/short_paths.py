"""Take the folders above the user's files out of the page's texts: the page is sent to others.

`songs: /home/ann/records` makes `/home/ann/records/surf/wave.mp3` `records/surf/wave.mp3`, wherever
the path stands in a text. What else is in the home folder is named with `~`.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def shorten(values: Any, settings: Any) -> Any:
    """Return dicts, lists, tuples and texts in which no text names a folder above a file.

    Args:
        settings: values that name the user's files and folders; files in `values` lie below these,
            or each loses all but its own folder.
    """
    named = [str(Path.cwd()), *_absolute_paths(settings)]
    folders = tuple(_folder_above(path) for path in named)
    others = (path for path in _absolute_paths(values) if not path.startswith(folders))
    named += {str(Path(path).parent) for path in others}
    home = str(Path.home())
    named = [path for path in named if Path(path).stem]
    patterns = {_folder_above(path) + Path(path).stem: _pattern(path) for path in named}
    patterns |= {home: rf"{re.escape(home)}(?!\w)"} if len(home) > 1 else {}
    longest_first = sorted(patterns, key=len, reverse=True)
    pattern = re.compile("|".join(patterns[path] for path in longest_first))

    def name(found: re.Match) -> str:
        folder = found[0]
        return "~" if folder == home else "" if folder.endswith("/") else Path(folder).name

    return _map_texts(values, lambda text: pattern.sub(name, text))


def _absolute_paths(values: Any) -> Iterator[str]:
    if isinstance(values, dict):
        values = [*values, *values.values()]
    if isinstance(values, list | tuple):
        for value in values:
            yield from _absolute_paths(value)
    elif isinstance(values, str) and Path(values).is_absolute() and "\n" not in values:
        yield values


def _folder_above(path: str) -> str:
    return f"{Path(path).parent}/".replace("//", "/")


def _pattern(path: str) -> str:
    """Match the folder above a path; if its name is short, only where it can't be another's."""
    folder = _folder_above(path)
    if folder.count("/") > 2:
        return rf"{re.escape(folder[:-1])}(?:/|(?!\w))"
    return rf"(?<![\w.~<-]){re.escape(folder)}(?={re.escape(Path(path).stem)})"


def _map_texts(values: Any, change: Callable[[str], str]) -> Any:
    if isinstance(values, dict):
        return {_map_texts(key, change): _map_texts(value, change) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return type(values)(_map_texts(value, change) for value in values)
    if isinstance(values, str) and "/" in values:
        return type(values)(change(str(values)))
    return values
