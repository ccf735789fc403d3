# ruff: noqa: INP001  # a script, not a package
"""Takes each right from each shipped playbook, one at a time, and writes rights.md of what happens.

python docs/reference/rights_tables.py                            # what the page does not have yet
python docs/reference/rights_tables.py --again                    # everything anew: an hour or two
python docs/reference/rights_tables.py --again leaked-aws-access-key
"""

import argparse
import multiprocessing
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

_TESTS: Final = Path(__file__).parents[2] / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "engine"), str(_TESTS / "world_okta")]

from one_right_less import Right, Seen, printed_for, rights_of, run_with, when  # noqa: E402
from staged_playbooks import SHIPPED  # noqa: E402

PAGE: Final = Path(__file__).with_name("rights.md")
HEAD: Final = ("Right", "Handle", "Without it", "The run ends")
GREEN: Final = frozenset({"contained", "completed"})
SAID: Final = {
    "plan": "its plan names it",
    "run": "its run names it",
    "undo": "its undo names it",
}
_ROW: Final = re.compile(r"\| `([\w:.-]+)` \| (\w+) \| (.*) \| (.*) \|")

Row = tuple[str, str, str, str]


def tried(job: tuple[str, Right | None]) -> Seen:
    """Run a playbook with all that is printed, or without one right of it."""
    name, missing = job
    with tempfile.TemporaryDirectory() as folder:
        reduced = missing is None or missing.handle == "okta"
        return run_with(name, Path(folder) / "workspace", missing, reduced=reduced)


def rows(name: str, known: Mapping[Right, Row], jobs: int) -> Iterator[Row]:
    """Yield the row of each right of a playbook, in the order in which they are printed."""
    needed = printed_for(name)
    rights = rights_of(needed)
    new = [right for right in rights if right not in known]
    used = tried((name, None)).used if new else frozenset()
    trying = [right for right in new if right in used]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        seen = dict(zip(trying, pool.map(tried, [(name, r) for r in trying], 1), strict=True))
    for right in rights:
        if right in seen:
            yield row(right, seen[right], rights)
        elif right in known:
            yield known[right]
        else:
            only = "; or ".join(when(needed, right)) or "nothing uses it"
            yield (right.name, right.handle, f"only {only}", "")


def row(right: Right, seen: Seen, rights: Sequence[Right]) -> Row:
    """Return what happened without a right."""
    said = SAID.get(seen.named, "nothing names it")
    manages = Right(handle="okta", name=right.name.replace(".read", ".manage"))
    included = right.handle == "okta" and manages != right and manages in rights
    if included and not seen.named:
        said = f"`{manages.name}` includes it; only reduced sessions ask for it"
    if seen.named in {"plan", "run"} and seen.outcome in GREEN and not included:
        said += ", and is not believed"
    return (right.name, right.handle, said, seen.outcome or "before it begins")


def table(found: Sequence[Row]) -> str:
    """Return rows as a table."""
    cells = [(f"`{name}`", *rest) for name, *rest in found]
    escaped = (
        " | ".join(cell.replace("|", r"\|") for cell in line)
        for line in (HEAD, ("---",) * len(HEAD), *cells)
    )
    return "\n".join(f"| {line} |" for line in escaped)


def part(page: str, name: str) -> "re.Match[str]":
    """Return the place of a playbook's table."""
    mark = re.escape(f"<!-- table: {name} -->")
    found = re.search(rf"(?<={mark}\n).*?(?=\n<!-- end -->)", page, re.DOTALL)
    if found is None:
        raise SystemExit(f"{PAGE.name} has no place for {name}: <!-- table: {name} -->")
    return found


def known_in(text: str) -> Mapping[Right, Row]:
    """Return the rows that a table has."""
    found = (match.groups() for match in map(_ROW.fullmatch, text.splitlines()) if match)
    unescaped = (tuple(cell.replace(r"\|", "|") for cell in cells) for cells in found)
    return {
        Right(handle=handle, name=name): (name, handle, said, ends)
        for name, handle, said, ends in unescaped
    }


def main() -> int:
    """Try what is asked for, write each table as soon as it is there, and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("playbooks", nargs="*", help="else all that are shipped")
    parser.add_argument("--again", action="store_true", help="also what the page has")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    bad = 0
    for name in asked.playbooks or SHIPPED:
        page = PAGE.read_text(encoding="utf-8")
        known = {} if asked.again else known_in(part(page, name)[0])
        found = list(rows(name, known, asked.jobs))
        page = PAGE.read_text(encoding="utf-8")
        place = part(page, name)
        written = f"{page[: place.start()]}{table(found)}{page[place.end() :]}"
        PAGE.write_text(written, encoding="utf-8")
        for right, handle, said, _ in found:
            if said.endswith(("nothing names it", "not believed", "nothing uses it")):
                bad += 1
                sys.stdout.write(f"{name}: {right} ({handle}): {said}\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
