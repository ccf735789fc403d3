# ruff: noqa: INP001  # a script, not a package
"""Measures what drills tell apart, and writes the tables of drills.md.

python docs/explanation/drill_tables.py                        # all scenarios, 30 seeds: an hour
python docs/explanation/drill_tables.py --seeds 3 cloud-ransomware
"""

import argparse
import os
import re
from pathlib import Path
from typing import Final

from irkit.actions.load import catalogue
from irkit.cli.views.drill import compared, compared_markdown
from irkit.drill.exercise.compare import nights, rows
from irkit.drill.scenario.files import files, load

PAGE: Final = Path(__file__).with_name("drills.md")
SEEDS: Final = 30


def measured(file: Path, seeds: int, jobs: int) -> str:
    """Return the command that measures a scenario, and the table that it gives."""
    scenario = load(file, catalogue())
    wanted = [response.id for response in scenario.responses]
    played = nights(file, wanted, range(1, seeds + 1), jobs)
    table = compared_markdown(compared(scenario, rows(scenario, played), seeds))
    return f"```sh\nirkit drill compare {scenario.id} --seeds {seeds}\n```\n\n{table}"


def replaced(page: str, scenario: str, text: str) -> str:
    """Return the page with the table of one scenario replaced."""
    marked = rf"(<!-- table: {scenario} -->\n).*?(\n<!-- end -->)"
    found, count = re.subn(marked, lambda at: at[1] + text + at[2], page, flags=re.DOTALL)
    if not count:
        raise SystemExit(f"{PAGE.name} has no place for {scenario}: <!-- table: {scenario} -->")
    return found


def main() -> None:
    """Measure what is asked for, and write each table as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", help="else all that are shipped")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    for file in files(None):
        if not asked.scenarios or file.stem in asked.scenarios:
            text = measured(file, asked.seeds, asked.jobs)
            page = replaced(PAGE.read_text(encoding="utf-8"), file.stem, text)
            PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
