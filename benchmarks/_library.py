"""Make the library, the tools and what tests share importable: import this first."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("workflow/scripts", "tools", "tests/support")]
