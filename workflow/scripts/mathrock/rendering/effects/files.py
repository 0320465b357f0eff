"""Find the files that effect chains name (impulse responses, plug-ins) and replace their paths."""

from collections.abc import Iterable

FILE_PARAMETERS = ("impulse_response_filename", "path_to_plugin_file")


def files_of(chains: object) -> list[str]:
    """List the paths of the files that chains name, at any depth, in their order."""
    if isinstance(chains, dict):
        values = [chains[key] for key in FILE_PARAMETERS if isinstance(chains.get(key), str)]
        return values + [path for value in chains.values() for path in files_of(value)]
    if isinstance(chains, list):
        return [path for value in chains for path in files_of(value)]
    return []


def with_files(chains: object, files: Iterable[str]) -> object:
    """Replace the paths that `files_of` lists by `files`, where they are on this machine."""
    places = dict(zip(files_of(chains), files, strict=True))

    def moved(chain: object, key: str = "") -> object:
        if isinstance(chain, dict):
            return {key: moved(value, key) for key, value in chain.items()}
        if isinstance(chain, list):
            return [moved(value) for value in chain]
        return places[chain] if key in FILE_PARAMETERS and chain in places else chain

    return moved(chains)
