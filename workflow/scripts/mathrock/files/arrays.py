"""Read the NumPy arrays that other jobs wrote, and tell damaged files by their lengths."""

import zipfile
from pathlib import Path

import numpy as np

from mathrock.files.damage import reading


def map_array(path: str | Path) -> np.memmap:
    """Map an .npy into memory.

    Raises:
        DamagedFile: the file is shorter or longer than its header says.
    """
    with reading(path):
        array = np.load(path, mmap_mode="r")
        if array.offset + array.nbytes != Path(path).stat().st_size:
            raise ValueError("the length is another than the header's")
    return array


def read_array(path: str | Path) -> np.ndarray:
    """Read an .npy; the errors are those of `map_array`."""
    map_array(path)
    return np.load(path)


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read all arrays of an .npz by name.

    Raises:
        DamagedFile: the zip file is not whole, or a checksum in it is wrong.
    """
    with reading(path), np.load(path) as arrays:
        return dict(arrays)


def check_zip(path: str | Path) -> None:
    """Check all checksums of a zip file, as an .npz and a .keras are.

    Raises:
        DamagedFile: the zip file is not whole, or a checksum in it is wrong.
    """
    with reading(path), zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:
            raise ValueError("a checksum is wrong")
