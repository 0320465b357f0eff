"""Look at the files of settings before Snakemake reads config.yaml: refuse in one line what it
would take wrongly, or not survive. What --configfile names it has read already."""

import sys
from pathlib import Path

SCRIPTS = Path(workflow.basedir, "workflow", "scripts")
sys.path.insert(0, str(SCRIPTS))

from mathrock.config.errors import SettingsError
from mathrock.config.yaml_files import check_yaml

if workflow.is_main_process:
    try:
        for file in ["config.yaml", *workflow.overwrite_configfiles]:
            if Path(file).exists():
                check_yaml(file)
    except SettingsError as error:
        sys.exit(f"Error: {error}")
