"""Wants the plug-ins of all clouds: `make test-places` runs this with .venv/clouds in the path."""

import os
from importlib.util import find_spec

if not os.environ.get("CLOUD_TESTS") and not find_spec("snakemake_executor_plugin_kubernetes"):
    collect_ignore = ["test_profiles.py"]
