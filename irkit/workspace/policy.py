"""The policy: who may approve what, what is protected, and the key that signs the trail.

Its digest stands in every plan and every approval, so that nobody approves under other rules than
those in force. Changing it is a record that needs the old policy's quorum.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from irkit.canonical import Json, JsonObject, digest
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.playbook import Approval, Protection
from irkit.model.quorum import Need
from irkit.model.spec import Blast, Reversal
from irkit.workspace import approvers, lock
from irkit.workspace.config import Alone, ApprovalRules, Workspace
from irkit.workspace.lock import Pin


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules in force. `signers` are the lines of allowed_signers without comments."""

    mode: str
    signers: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    approvals: ApprovalRules
    protect: tuple[Protection, ...]
    pins: tuple[Pin, ...]
    limits: Mapping[str, int]
    trail_keys: tuple[str, ...]
    people: Mapping[str, approvers.Person] = field(default_factory=dict)

    def to_json(self) -> JsonObject:
        """Return the JSON form that the digest covers."""
        return {
            "v": 1,
            "mode": self.mode,
            "signers": self.signers,
            "roles": {role: tuple(sorted(members)) for role, members in self.roles.items()},
            "approvals": _rules(self.approvals),
            "rules": _key_rules(self.approvals),
            "protect": tuple(sorted(f"{item.kind}:{item.pattern}" for item in self.protect)),
            "pins": tuple(pin.to_json() for pin in sorted(self.pins)),
            "limits": dict(self.limits),
            "trail_keys": self.trail_keys,
        }

    @property
    def digest(self) -> str:
        """Return the policy's digest."""
        return digest(self.to_json())

    def effective_need(self, reversal: Reversal, blast: Blast, approval: Approval | None) -> Need:
        """Return what one change needs: the strictest of its classes and the playbook's approval.

        The highest count, every exclusion, the shortest validity; roles that all rules allow. Where
        no role is in all of them the class rules hold, for they are the policy's.
        """
        rules = [self.approvals.reversal[reversal], self.approvals.blast[blast]]
        if approval is not None:
            rules.append(
                Need(
                    need=approval.need,
                    roles=approval.roles,
                    exclude_requester=approval.exclude_requester,
                    valid=approval.valid,
                )
            )
        return strictest(rules)

    def roles_of(self, principal: str) -> tuple[str, ...]:
        """Return the roles of one principal."""
        return approvers.Approvers(roles=self.roles).roles_of(principal)

    def principals(self) -> tuple[str, ...]:
        """Return everyone in allowed_signers."""
        names = (name for line in self.signers for name in line.split()[0].split(","))
        return tuple(dict.fromkeys(names))


def strictest(needs: Iterable[Need]) -> Need:
    """Return the one need that satisfies all of `needs`."""
    result = Need(need=0)
    for need in needs:
        if need.need == 0 and not need.exclude_requester:
            continue
        result = Need(
            need=max(result.need, need.need),
            roles=_common(result.roles, need.roles),
            exclude_requester=result.exclude_requester or need.exclude_requester,
            valid=_shortest(result.valid, need.valid),
        )
    return result


def load(workspace: Workspace, trail_keys: tuple[str, ...]) -> Policy:
    """Read the policy of a workspace; `trail_keys` are the verifier keys of its trail.

    Raises:
        IrkitError: if one of its files cannot be read.
    """
    people = approvers.load(workspace.roles)
    return Policy(
        mode=str(workspace.mode),
        signers=signers(workspace),
        roles=people.roles,
        approvals=workspace.approvals,
        protect=workspace.protect,
        pins=lock.load(workspace.protect_lock),
        limits=workspace.limits,
        trail_keys=trail_keys,
        people=people.people,
    )


def signers(workspace: Workspace) -> tuple[str, ...]:
    """Return the lines of allowed_signers; none where the file is not there yet.

    Raises:
        IrkitError: if it cannot be read.
    """
    path = workspace.allowed_signers
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        summary = f"{path} cannot be read: {error}"
        raise IrkitError(Diagnostic(code="IRK160", summary=summary)) from error
    lines = (line.strip() for line in text.split("\n"))
    return tuple(line for line in lines if line and not line.startswith("#"))


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not one or not other:
        return one or other
    return tuple(role for role in one if role in other) or one


def _shortest(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _rules(rules: ApprovalRules) -> JsonObject:
    return {
        "reversal": {str(key): _need(need) for key, need in rules.reversal.items()},
        "blast": {str(key): _need(need) for key, need in rules.blast.items()},
        "alone": None if rules.alone is None else _alone(rules.alone),
    }


def _key_rules(rules: ApprovalRules) -> JsonObject:
    """Return what the trail's own check reads: the need of a new policy, and the keys' rules."""
    keys: JsonObject = {
        "user_presence": rules.user_presence,
        "user_verification": rules.user_verification,
    }
    change = {} if rules.change is None else {"change": _need(rules.change)}
    return {**change, "security_keys": keys, "webauthn_origins": rules.webauthn_origins}


def _need(need: Need) -> Json:
    return {
        "need": need.need,
        "roles": tuple(sorted(need.roles)),
        "exclude_requester": need.exclude_requester,
        "valid_s": None if need.valid is None else int(need.valid.total_seconds()),
    }


def _alone(alone: Alone) -> Json:
    return {
        "roles": tuple(sorted(alone.roles)),
        "reversal": tuple(sorted(str(item) for item in alone.reversal)),
        "blast": tuple(sorted(str(item) for item in alone.blast)),
        "at_most": alone.at_most,
        "confirm_within_s": int(alone.confirm_within.total_seconds()),
    }
