"""What the tools' commands share: their options, and how they end."""

import argparse
import json
import os
import sys


class ToolError(Exception):
    """The command cannot be run; the message says why in one line."""


def parser(description: str) -> argparse.ArgumentParser:
    """Make a parser with the arguments of a training: a folder of MIDI, the file of weights."""
    result = argparse.ArgumentParser(description=" ".join(description.split()))
    result.add_argument("folder", metavar="MIDI_FOLDER")
    result.add_argument("output", metavar="NPZ")
    result.add_argument("--json", action="store_true", help="print one JSON object, no sentence")
    return result


def usable_cores() -> int:
    """Count the cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def show(facts: dict, sentence: str, as_json: bool) -> None:
    """Print the facts as JSON, or the sentence that tells them."""
    print(json.dumps(facts, indent=2) if as_json else sentence)


def call(main) -> None:
    """Run a command's main function; a ToolError ends it with one line and status 1."""
    try:
        main()
    except ToolError as error:
        sys.exit(f"Error: {error}")
