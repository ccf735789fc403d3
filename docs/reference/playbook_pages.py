# ruff: noqa: INP001  # a part of the script beside it, not of a package
"""Writes what the pages of the shipped playbooks say from the playbooks, pictures included.

A page is written by hand but for the part between two marks, so that neither can go stale.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from irkit import assets
from irkit.actions.load import catalogue
from irkit.cli.picture.boxes import approval_words, boxes
from irkit.cli.picture.mermaid import mermaid
from irkit.cli.picture.svg import svg
from irkit.clock import words
from irkit.engine.books import load_playbook
from irkit.model.playbook import ManualStep, Phase, Playbook, all_steps, walk

FOLDER: Final = Path(__file__).parent.parent / "playbooks"
_BEGIN: Final = "<!-- From here on written by docs/reference/generate.py from the playbook. -->"
_END: Final = "<!-- So far written from the playbook. -->"


def pages() -> Mapping[Path, str]:
    """Return the page and the picture of each shipped playbook, and the index of all."""
    found: dict[Path, str] = {FOLDER / "README.md": "\n".join(_index())}
    for playbook in playbooks():
        page = FOLDER / f"{playbook.id}.md"
        found[page] = _page(page, playbook)
        found[page.with_suffix(".svg")] = f"{svg(_title(playbook), boxes(playbook))}\n"
    return found


@cache
def playbooks() -> tuple[Playbook, ...]:
    """Return the shipped playbooks by name."""
    known = catalogue()
    return tuple(load_playbook(file, known) for file in assets.playbook_files(assets.playbooks()))


def _index() -> Iterator[str]:
    yield "<!-- Written by docs/reference/generate.py from the playbooks. Do not edit. -->"
    yield from ("", "# Playbooks", "")
    yield "What is shipped: when to use each, what to have ready, and a picture of its flow."
    yield "For one of your own: [write a playbook](../how-to/write-a-playbook.md) and [test"
    yield "it](../how-to/test-a-playbook.md)."
    yield from ("", "| Playbook | When |", "|---|---|")
    for playbook in playbooks():
        name = f"[{playbook.title}]({playbook.id}.md), `{playbook.id}`"
        yield f"| {name} | {_line(playbook.about)} |"
    yield ""


def _page(page: Path, playbook: Playbook) -> str:
    """Return the page with its written part renewed; one that is not there is begun."""
    written = "\n".join((_BEGIN, "", *_facts(playbook), *_flow(playbook), "", _END))
    if not page.is_file():
        return f"# {playbook.title}\n\n{playbook.about.strip()}\n\n{written}\n"
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise SystemExit(f"{page}: one of these lines is missing:\n{_BEGIN}\n{_END}")
    return f"{before}{written}{after}"


def _facts(playbook: Playbook) -> Iterator[str]:
    yield from ("## What it is", "", "| | |", "|---|---|")
    yield f"| Playbook | `{playbook.id}` {playbook.version} |"
    yield f"| Labels | {', '.join(playbook.labels)} |"
    yield f"| Against | {_code(playbook.against)} |"
    yield f"| Claims containment | {'yes' if playbook.claims_contained else 'no'} |"
    for kind, why in playbook.accepts.items():
        yield f"| Left, and accepted: `{kind}` | {_line(why)} |"
    for item in playbook.inputs:
        must = "required" if item.required else "may be left out"
        asks = f": {_line(item.ask)}" if item.ask else ""
        yield f"| Input `{item.name}` | {item.type}, {must}{asks} |"
    yield from (f"| Protected: {p.kind} | `{p.pattern}` |" for p in playbook.protect)
    yield f"| At most | {', '.join(f'{n} {kind}' for kind, n in playbook.limits.items())} |"


def _flow(playbook: Playbook) -> Iterator[str]:
    yield from ("", "## How it goes", "", f"![{_title(playbook)}]({playbook.id}.svg)", "")
    yield from (
        "| Phase | By when | Who agrees | What cannot be given back exactly |",
        "|---|---|---|---|",
    )
    yield from (_phase(phase, playbook) for phase in playbook.phases)
    asked = [step for step in all_steps(playbook) if isinstance(step, ManualStep)]
    if asked:
        yield from ("", "What people are asked, word for word:", "")
        for step in asked:
            yield f"- {step.to}, within {words(step.within)}: {_line(step.text.source)}"
    yield from ("", "The same picture for wikis that draw Mermaid:", "")
    yield from ("```mermaid", mermaid(_title(playbook), boxes(playbook)), "```")


def _phase(phase: Phase, playbook: Playbook) -> str:
    goal = words(phase.goal) if phase.goal is not None else ""
    agrees = approval_words(phase.approve, playbook) if phase.approve else ""
    because = dict.fromkeys(_line(step.because) for step in walk(phase.steps) if step.because)
    return f"| {phase.name} | {goal} | {agrees} | {' '.join(because)} |"


def _title(playbook: Playbook) -> str:
    return f"{playbook.title} ({playbook.id} {playbook.version})"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
