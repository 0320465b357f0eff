"""Make the project's library importable, as Snakemake does for its scripts: import this first."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOUNDFONT = ROOT / "data/soundfont/rock_gm_fluidr3mono.sf3"

sys.path.insert(0, str(ROOT / "workflow" / "scripts"))
