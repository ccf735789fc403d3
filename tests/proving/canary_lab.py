"""Letting canaries out in a laboratory: the warrant that its people sign, and the canary."""

from datetime import timedelta

import anyio
from lab import Lab
from lab_people import FAST, PEOPLE

from irkit.engine import warranting
from irkit.engine.warranting import Asked
from irkit.model.approval import Decision
from irkit.proving.canary import warrants
from irkit.proving.canary.flight import Canary
from irkit.proving.proof import Proof
from irkit.proving.shelf import Shelf
from irkit.trail.journal import Journal
from irkit.trail.signing_keys import load_signing_key

ALICE, BOB = PEOPLE


def write(lab: Lab, playbook: str, text: str) -> None:
    """Write the test file of a playbook."""
    folder = lab.root / "playbooks"
    folder.mkdir(exist_ok=True)
    (folder / f"{playbook}.test.yaml").write_text(text)


def warrant(lab: Lab, playbook: str, *people: str, days: int = 30) -> str:
    """Ask for a warrant and let `people` sign it; return its digest."""
    session = lab.session
    orders = Shelf(session=session).one(playbook, lab.root).regime.canary
    assert orders is not None
    drafted = anyio.run(warrants.drafted, session, orders, playbook, timedelta(days=days))
    with session.journal(writing=True) as journal:
        warranting.propose(session, journal, drafted)
        for who in people:
            decide(lab, journal, drafted.digest, who)
    return drafted.digest


def decide(
    lab: Lab, journal: Journal, digest: str, who: str, decision: Decision = Decision.APPROVE
) -> None:
    """Let somebody decide about a warrant."""
    session = lab.session
    fold = session.consent(journal).fold
    state = warranting.named(fold, digest)
    assert state is not None
    asked = Asked(session=session, journal=journal, fold=fold, state=state)
    asked.sign(decision, who, load_signing_key(str(lab.key(who))))


def let_out(lab: Lab, playbook: str, said: list[str] | None = None) -> Proof:
    """Let a canary out and return its proof."""
    session = lab.session
    shelf = Shelf(session=session)
    with session.journal(writing=True) as journal:
        canary = Canary(
            shelf=shelf,
            shelved=shelf.one(playbook, lab.root),
            journal=journal,
            heard=(said if said is not None else []).append,
            pace=FAST,
            settles=timedelta(seconds=1),
            every=0.1,
            lookups_per_second=0,
        )
        return anyio.run(canary.make)
