"""The pinned policy as the trail needs it: signers, roles, and the rules for their keys.

A policy is canonical JSON in a blob, and its digest is in `trail.genesis` and `policy.changed`:

    {"v": 1, "mode": "live", "signers": ["<line of allowed_signers>"],
     "roles": {"ir-oncall": ["bob@acme"]}, "revoked": {"SHA256:…": "<RFC 3339>"},
     "rules": {"change": <need>, "webauthn_origins": ["https://…"],
               "security_keys": {"user_presence": true, "user_verification": false}},
     "approvals": {"alone": {"roles", "reversal", "blast", "at_most"}},
     "trail_keys": ["<verifier key>"], …}

Members that are not named here belong to others and are ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339
from irkit.model.quorum import Need
from irkit.trail.allowed_signers import Signer, parse_line

_TWO: Final = 2


class PolicyError(ValueError):
    """JSON that is no policy; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AloneRule:
    """What one person may do alone, to be confirmed afterwards."""

    roles: tuple[str, ...]
    reversal: tuple[str, ...]
    blast: tuple[str, ...]
    at_most: int

    def allows(self, roles: tuple[str, ...], part: JsonObject) -> bool:
        """Say whether somebody with `roles` may do the changes of `part` alone."""
        steps = [one for one in _sequence(part.get("steps")) if isinstance(one, Mapping)]
        acting = [step for step in steps if step.get("changes")]
        return (
            bool(set(self.roles) & set(roles))
            and sum(len(_sequence(step.get("changes"))) for step in acting) <= self.at_most
            and all(step.get("reversal") in self.reversal for step in acting)
            and all(step.get("blast") in self.blast for step in acting)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may approve, and what is asked of their keys."""

    mode: str = ""
    signers: tuple[Signer, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    revoked: Mapping[str, datetime] = field(default_factory=dict)
    change: Need = field(default_factory=lambda: Need(need=0))
    alone: AloneRule | None = None
    trail_keys: tuple[str, ...] = ()
    user_presence: bool = True
    user_verification: bool = False
    webauthn_origins: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Read the JSON form.

        Raises:
            PolicyError: if a member that matters here is malformed.
        """
        try:
            body = _mapping(value)
            rules = _mapping(body.get("rules"))
            keys = _mapping(rules.get("security_keys"))
            signers = tuple(_signer(one) for one in _sequence(body.get("signers")))
            return cls(
                mode=str(body.get("mode") or ""),
                trail_keys=tuple(str(one) for one in _sequence(body.get("trail_keys"))),
                signers=signers,
                roles={
                    role: tuple(str(name) for name in _sequence(names))
                    for role, names in _mapping(body.get("roles")).items()
                },
                revoked={
                    key: parse_rfc3339(str(at)) for key, at in _mapping(body.get("revoked")).items()
                },
                change=_change(rules.get("change"), signers),
                alone=_alone(_mapping(body.get("approvals")).get("alone")),
                user_presence=keys.get("user_presence", True) is not False,
                user_verification=keys.get("user_verification", False) is not False,
                webauthn_origins=tuple(
                    str(one) for one in _sequence(rules.get("webauthn_origins"))
                ),
            )
        except ValueError as error:
            raise PolicyError(str(error)) from error

    def roles_of(self, principal: str) -> tuple[str, ...]:
        """Return the roles of `principal`, sorted."""
        return tuple(sorted(role for role, names in self.roles.items() if principal in names))

    def keys_of(self, principal: str) -> tuple[Signer, ...]:
        """Return the lines that list `principal`."""
        return tuple(one for one in self.signers if principal in one.principals)


def need_from_json(value: JsonObject) -> Need:
    """Read a need: `{"need", "roles", "exclude_requester", "valid_s"}`, all but the first optional.

    Raises:
        PolicyError: if it is malformed.
    """
    need, valid = value.get("need"), value.get("valid_s")
    if not isinstance(need, int) or isinstance(need, bool) or need < 0:
        raise PolicyError("need is not a count")
    if valid is not None and (not isinstance(valid, int) or isinstance(valid, bool) or valid <= 0):
        raise PolicyError("valid_s is not a positive count of seconds")
    return Need(
        need=need,
        roles=tuple(str(role) for role in _sequence(value.get("roles"))),
        exclude_requester=value.get("exclude_requester", False) is not False,
        valid=None if valid is None else timedelta(seconds=valid),
    )


def _change(value: Json, signers: tuple[Signer, ...]) -> Need:
    """Return what a new policy needs: as the old one says, else two people where there are two."""
    if value is not None:
        return need_from_json(_mapping(value))
    people = {name for signer in signers for name in signer.principals}
    return Need(need=min(_TWO, len(people)))


def _alone(value: Json) -> AloneRule | None:
    if value is None:
        return None
    rule = _mapping(value)
    at_most = rule.get("at_most")
    if not isinstance(at_most, int) or isinstance(at_most, bool):
        raise PolicyError("at_most is not a count")
    return AloneRule(
        roles=tuple(str(one) for one in _sequence(rule.get("roles"))),
        reversal=tuple(str(one) for one in _sequence(rule.get("reversal"))),
        blast=tuple(str(one) for one in _sequence(rule.get("blast"))),
        at_most=at_most,
    )


def _signer(value: Json) -> Signer:
    if isinstance(value, str):
        return parse_line(value)
    signer = parse_line(str(_mapping(value).get("line")))
    pinned = _mapping(value).get("fingerprint")
    if pinned is not None and pinned != signer.fingerprint:
        raise PolicyError(f"the fingerprint {pinned} is not that of its key")
    return signer


def _mapping(value: Json) -> JsonObject:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise PolicyError("an object was expected")
    return value


def _sequence(value: Json) -> tuple[Json, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise PolicyError("a list was expected")
    return tuple(value)
