"""What an intruder believes to hold. Belief ends at the first refusal, not at the cut."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from irkit.drill.scenario.model import Held, Holding
from irkit.world.aws_query import AwsKey
from irkit.world.seats import Seat


@dataclass(slots=True, kw_only=True)
class Item:
    """One thing that is held.

    `login` is whose it is in Okta; `seat` the credential, None for what is no credential.
    """

    held: Held
    seat: Seat | None = None
    login: str = ""
    lost: bool = False

    @property
    def seat_id(self) -> str:
        """Return the seat's id, empty if it is none."""
        return self.seat.id if self.seat else ""

    @property
    def key(self) -> AwsKey:
        """Return an AWS credential."""
        assert self.seat is not None
        return AwsKey(
            id=self.seat.access_key_id,
            secret=self.seat.credentials["secret_access_key"],
            token=self.seat.credentials.get("session_token"),
        )

    def secret(self, name: str) -> str:
        """Return one part of the credential."""
        assert self.seat is not None
        return self.seat.credentials[name].reveal()


@dataclass(slots=True)
class Holdings:
    """Everything an intruder has, in the order it was got."""

    items: list[Item] = field(default_factory=list)
    ever_lost: set[Holding] = field(default_factory=set)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def add(self, item: Item) -> None:
        """Hold one more thing; the newest is used first."""
        self.items.append(item)

    def lose(self, item: Item) -> None:
        """Believe no longer in an item."""
        item.lost = True
        self.ever_lost.add(item.held.kind)

    def of(self, wanted: Held) -> Item | None:
        """Return the newest item that serves a need: of the same entity where it names one."""
        for item in reversed(self.items):
            same = not wanted.of or item.held.of == wanted.of
            if not item.lost and item.held.kind is wanted.kind and same:
                return item
        return None

    def any_of(self, wanted: Iterable[Held]) -> Item | None:
        """Return an item for the first of several needs that can be met."""
        return next((item for need in wanted if (item := self.of(need)) is not None), None)

    @property
    def lost(self) -> tuple[Holding, ...]:
        """Return the kinds of which nothing is left that once was held."""
        return tuple(
            kind for kind in Holding if kind in self.ever_lost and self.of(Held(kind=kind)) is None
        )


Made = Mapping[str, tuple[str, ...]]
"""What an act left behind, by sort: `keys`, `machines`, `sessions`, `users`, `snapshots`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What came of an act that worked."""

    seat: Seat | None = None
    login: str = ""
    made: Made = field(default_factory=dict)
