"""Property tests stand on the engine's stories and on the fixture of the benchmarks."""

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "tests" / "engine"), str(_ROOT)]
