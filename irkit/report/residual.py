"""What a plan or a run leaves to the intruder, by kind of credential."""

from dataclasses import dataclass

from irkit.canonical import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualAccess:
    """A credential kind the plan leaves to the intruder.

    `expires` says by when it is over by itself, in words (`within 1h`); `accepted` is the
    playbook's reason for living with it.
    """

    kind: str
    expires: str = ""
    accepted: str = ""

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"kind": self.kind, "expires": self.expires, "accepted": self.accepted}
