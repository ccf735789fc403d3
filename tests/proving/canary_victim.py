"""A canary in a process of its own, which ends without a word at a given point.

python canary_victim.py WORKSPACE PLAYBOOK WORDS
"""

import os
import sys
from pathlib import Path

import anyio
from lab_people import FAST, REQUESTER

from irkit.actions.load import catalogue
from irkit.engine.session import Session
from irkit.proving.canary.flight import Canary
from irkit.proving.shelf import Shelf
from irkit.workspace import decode

KILLED = 9


def main() -> None:
    """Let the canary out, and die when it says `words`."""
    root, playbook, words = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

    def heard(told: str) -> None:
        if told.startswith(words):
            os._exit(KILLED)

    session = Session(
        workspace=decode.load(root),
        catalogue=catalogue(),
        environment={},
        actor_name=REQUESTER,
    )
    shelf = Shelf(session=session)
    shelved = shelf.one(playbook, root)
    with session.journal(writing=True) as journal:
        canary = Canary(
            shelf=shelf,
            shelved=shelved,
            journal=journal,
            heard=heard,
            pace=FAST,
            lookups_per_second=0,
        )
        anyio.run(canary.make)


if __name__ == "__main__":
    main()
