"""Read rows of a .npy file when they are asked for, and write them a few at a time.

Not memory maps: what is read of one counts as the process's memory. In a training that looks
everywhere that grows to the whole file, which a cluster's memory limit may take amiss.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mathrock.files.arrays import map_array
from mathrock.files.atomic import replacing


class NpyRows:
    """The array in a .npy file, (rows, ...), of which only slices of rows and single rows exist."""

    def __init__(self, path: str | Path):
        self._path = path
        header = map_array(path)
        self.shape, self.dtype = header.shape, header.dtype
        self._offset = header.offset
        self._row = int(np.prod(self.shape[1:], dtype=np.int64))  # numbers

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | int) -> np.ndarray:
        if not isinstance(rows, slice):
            return self[rows : rows + 1][0]
        first, end, _ = rows.indices(len(self))
        count = max(0, end - first)
        offset = self._offset + first * self._row * self.dtype.itemsize
        found = np.fromfile(self._path, self.dtype, count * self._row, offset=offset)
        return found.reshape(count, *self.shape[1:])


@contextmanager
def appending(path: str | Path, dtype, *shape: int) -> Iterator[Callable[[np.ndarray], None]]:
    """Write a .npy file, whole or not at all: yield what appends arrays (rows, *shape) to it."""
    rows = 0
    dtype = np.dtype(dtype)

    with replacing(path) as temporary, temporary.open("wb") as file:

        def write_header() -> None:
            # NumPy leaves room in it for any number of rows.
            facts = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False}
            np.lib.format.write_array_header_1_0(file, facts | {"shape": (rows, *shape)})

        def append(array: np.ndarray) -> None:
            nonlocal rows
            rows += len(array)
            file.write(np.ascontiguousarray(array, dtype).tobytes())

        write_header()
        yield append
        file.seek(0)
        write_header()
