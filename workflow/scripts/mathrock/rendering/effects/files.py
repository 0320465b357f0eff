"""The files that chains of effects name: impulse responses and plug-ins."""

from collections.abc import Iterable

FILE_KNOBS = ("impulse_response_filename", "path_to_plugin_file")


def files_of(chains: object) -> list[str]:
    """Paths of the files that chains name, at any depth, in their order."""
    if isinstance(chains, dict):
        values = [chains[key] for key in FILE_KNOBS if isinstance(chains.get(key), str)]
        return values + [path for value in chains.values() for path in files_of(value)]
    if isinstance(chains, list):
        return [path for value in chains for path in files_of(value)]
    return []


def with_files(chains: object, files: Iterable[str]) -> object:
    """The same chains, with the files that `files_of` gives where they are on this machine."""
    places = dict(zip(files_of(chains), files, strict=True))

    def moved(chain: object, key: str = "") -> object:
        if isinstance(chain, dict):
            return {key: moved(value, key) for key, value in chain.items()}
        if isinstance(chain, list):
            return [moved(value) for value in chain]
        return places[chain] if key in FILE_KNOBS and chain in places else chain

    return moved(chains)
