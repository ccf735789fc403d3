"""Who stands in for whom: people and accounts of the simulated company, addresses for examples.

Nothing of an incident is copied into a scenario and then made unreadable; only its shape is taken,
and the names are of the company that every drill is played in. One real name has one stand-in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from irkit.drill.from_run.incident import Incident, What

PEOPLE: Final = (
    "sven.larsen@acme.example",
    "kai.contractor@acme.example",
    "lena.fischer@acme.example",
    "tom.becker@acme.example",
    "aisha.khan@acme.example",
    "grace.mwangi@acme.example",
)
"""Engineers: whoever is let into AWS."""
ADMINISTRATOR: Final = "sasha.novak@acme.example"
ACCOUNTS: Final = ("111122223333", "444455556666", "777788889999")
_ADDRESSES: Final = tuple(f"203.0.113.{number}" for number in (21, 34, 55, 89, 144))


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """What each real name is called in the scenario."""

    people: Mapping[str, str]
    accounts: Mapping[str, str]
    addresses: tuple[str, ...]

    def account(self, real: str) -> str:
        """Return the account that stands in for one; the first for what is in none."""
        return self.accounts.get(real, ACCOUNTS[0])

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return real names and their stand-ins: for the author, and in no file."""
        return (*self.people.items(), *self.accounts.items())


def stand_ins(incident: Incident) -> StandIns:
    """Return the stand-ins of an incident; nobody stands in for themselves."""
    pool = list(PEOPLE)
    if incident.has(What.PROVIDER):
        pool.insert(0, ADMINISTRATOR)
    accounts = (sign.account for sign in incident.signs if sign.account)
    return StandIns(
        people=_assigned(incident.people, pool),
        accounts=_assigned(accounts, ACCOUNTS),
        addresses=_ADDRESSES[: max(len(incident.addresses), 1)],
    )


def _assigned(real: Iterable[str], pool: Iterable[str]) -> dict[str, str]:
    """Give each real name another one, as long as there are any; the last serves for the rest."""
    names = list(dict.fromkeys(real))
    left = list(pool)
    found = {}
    for name in names:
        others = [other for other in left if other != name] or left
        found[name] = others[0]
        if len(left) > 1:
            left.remove(others[0])
    return found
