"""A warrant: what people sign so that a canary may plant and sweep, again and again until a day.

It is the plan of those writes: one identity by an id that never changes meaning, the calls that may
be made to it and no others, and until when. What is not known yet (the id of a key that is still to
be made) is not in it. Its text is what an approver is shown, ASCII throughout and the same on every
machine, so that it can be made again years later and compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self, cast

from irkit.canonical import CanonicalError, Json, JsonObject, canonical, digest
from irkit.clock import parse_rfc3339, rfc3339
from irkit.model.approval import Digest
from irkit.model.change import Target
from irkit.model.quorum import Need
from irkit.model.visible import ascii_only

TYPE: Final = "irkit.warrant/v1"


class WarrantError(ValueError):
    """JSON that is no warrant; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warrant:
    """What a canary of `playbook` may do to `target`, which carries `mark` at its provider.

    `plants` are kinds of credential, `calls` all that may be sent. It counts before `until`, with
    the approvals that `need` asks for.
    """

    playbook: str
    mode: str
    target: Target
    mark: str
    plants: tuple[str, ...]
    calls: tuple[str, ...]
    until: datetime
    need: Need

    @property
    def digest(self) -> Digest:
        """The digest that approvals name."""
        return digest(self.to_json())

    def covers(self, call: str, target: Target) -> bool:
        """Say whether it allows to send `call` to `target`."""
        return call in self.calls and target.key == self.target.key

    def to_json(self) -> JsonObject:
        """Return the JSON form, which is what the digest covers."""
        return {
            "type": TYPE,
            "playbook": self.playbook,
            "mode": self.mode,
            "target": self.target.to_json(),
            "mark": self.mark,
            "plants": list(self.plants),
            "calls": list(self.calls),
            "until": rfc3339(self.until),
            "need": {
                "need": self.need.need,
                "roles": list(self.need.roles),
                "exclude_requester": self.need.exclude_requester,
            },
        }

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Read the JSON form back.

        Raises:
            WarrantError: if it says anything else than what was read.
        """
        try:
            body = cast("JsonObject", value)
            need = cast("JsonObject", body["need"])
            warrant = cls(
                playbook=str(body["playbook"]),
                mode=str(body["mode"]),
                target=Target.from_json(cast("JsonObject", body["target"])),
                mark=str(body["mark"]),
                plants=_texts(body["plants"]),
                calls=_texts(body["calls"]),
                until=parse_rfc3339(str(body["until"])),
                need=Need(
                    need=cast("int", need["need"]),
                    roles=_texts(need["roles"]),
                    exclude_requester=cast("bool", need["exclude_requester"]),
                ),
            )
            same = canonical(warrant.to_json()) == canonical(value)
        except (AttributeError, CanonicalError, KeyError, TypeError, ValueError) as error:
            raise WarrantError(f"a warrant is malformed: {error!r}") from error
        if not same:
            raise WarrantError("a warrant has a field of another version")
        return warrant

    def text(self, *, origin: str, requester: str) -> str:
        """Return the exact text that is shown and signed."""
        return "\n".join([*self._lines(origin, requester), ""])

    def _lines(self, origin: str, requester: str) -> Iterator[str]:
        need, target = self.need, self.target
        who = f" from {', '.join(need.roles)}" if need.roles else ""
        other = ", not the requester" if need.exclude_requester else ""
        yield TYPE
        yield f"trail: {ascii_only(origin)}"
        yield f"mode: {ascii_only(self.mode)}"
        yield f"requester: {ascii_only(requester)}"
        yield f"playbook: {ascii_only(self.playbook)}"
        yield f"canary: {target.kind} {ascii_only(target.label)}"
        yield f"  in {target.tenant}, id {ascii_only(target.id)}, marked {ascii_only(self.mark)}"
        yield f"until: {rfc3339(self.until)}"
        yield f"plants: {', '.join(self.plants)}"
        yield "may be sent, to this identity alone, as often as the canary is let out:"
        yield from (f"  - {ascii_only(call)}" for call in self.calls)
        yield f"approvals: {need.need}{who}{other}"
        yield f"digest: {self.digest}"


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise WarrantError("a list is missing")
    return tuple(str(item) for item in value)
