"""Take one principal out of a role's trust policy, and leave the others in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final, cast

from irkit.actions.arn import role_of_session
from irkit.actions.base import Seen, parameter
from irkit.actions.iam_role_limits import editable
from irkit.actions.iam_trust import TrustAction
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entry, listed, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_PROVIDERS: Final = ("saml-provider/", "oidc-provider/")
"""Whoever comes from an identity provider is not of the account that the provider is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneTrust(TrustAction):
    """Removes one name from every statement that lets somebody in."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_role.prune_trust",
        version=1,
        verb=Verb.DO,
        summary="Take one principal out of a role's trust policy",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.role",
        permissions=Permissions(
            iam_read=("iam:GetRole",), iam_write=("iam:UpdateAssumeRolePolicy",)
        ),
        cuts=(Kind.EXTERNAL_TRUST,),
        does_not_cut=(
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.INSTANCE_SESSION,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1098.003", "T1199"),
        d3fend=("D3-AL",),
        gotchas=(
            "Sessions that began before go on: revoke the role's sessions afterwards.",
            "A principal whose whole account is trusted too is refused: it would help nothing.",
            "A trusted third party without sts:ExternalId can be used by its other customers.",
            "Cannot be done to service-linked roles or to roles of IAM Identity Center.",
        ),
    )

    trusted: str = parameter(
        "text", "Who to take out, as the policy has it: an ARN, an account id or a service"
    )

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Remove the principal, unless it is not trusted."""
        editable(seen)
        name = _normal(self.trusted)
        trust = entry(seen, "trust")
        statements = [_without(statement, name) for statement in _statements(trust)]
        left = [statement for statement in statements if statement is not None]
        if left == list(_statements(trust)):
            _refuse_wider(seen, left, name)
            return ()
        if not any(statement["Effect"] == "Allow" for statement in left):
            raise cannot_reach(
                f"nobody but {self.trusted} is trusted by {text(seen, 'arn')}",
                "a trust policy cannot be empty: run aws.iam_role.lock_trust",
            )
        _refuse_wider(seen, left, name)
        return self.changed(
            seen, f"no longer trust {self.trusted}", {**trust, "Statement": listed(left)}
        )


def _statements(trust: JsonObject) -> tuple[JsonObject, ...]:
    """Return the statements; AWS reads a single one without a list as well."""
    found = trust["Statement"]
    return tuple(cast("list[JsonObject]", found if isinstance(found, list | tuple) else [found]))


def _without(statement: JsonObject, name: str) -> "JsonObject | None":
    """Return the statement without the principal, None if it lets nobody in any more."""
    principal = statement.get("Principal")
    if statement["Effect"] != "Allow" or not isinstance(principal, Mapping):
        return statement
    kept: dict[str, Json] = {}
    for kind, value in principal.items():
        values = value if isinstance(value, list | tuple) else (value,)
        left = [item for item in values if _normal(str(item)) != name]
        if len(left) == len(values):
            kept[kind] = value
        elif left:
            kept[kind] = listed(left)
    if kept == principal:
        return statement
    return {**statement, "Principal": kept} if kept else None


def _refuse_wider(seen: Seen, statements: list[JsonObject], name: str) -> None:
    """Refuse where the principal gets in by another name.

    Raises:
        IrkitError: if everybody, the principal's account as a whole, or the role whose session it
            is, is still trusted.
    """
    parts = name.split(":")
    own = len(parts) > 5 and not parts[5].startswith(_PROVIDERS)  # noqa: PLR2004 - of an ARN
    account = parts[4] if own else name
    for trusted in _trusted(statements):
        if trusted in {"*", account} - {name} or _is_role_of(trusted, name):
            raise cannot_reach(
                f"{name} gets into {text(seen, 'arn')} all the same, because "
                f"{_whom(trusted)} is trusted",
                "take that out as well, quarantine the principal, or run aws.iam_role.lock_trust",
            )


def _whom(trusted: str) -> str:
    if trusted == "*":
        return "everybody"
    return f"the account {trusted}" if trusted.isdecimal() else trusted


def _is_role_of(trusted: str, session: str) -> bool:
    """Say whether what is trusted is the role that a session, given by its ARN, is on."""
    account, role, _ = role_of_session(session)
    whose = trusted.split(":")
    is_role = len(whose) > 5 and whose[5].startswith("role/")  # noqa: PLR2004 - of an ARN
    return bool(role) and is_role and (whose[4], whose[5].rpartition("/")[2]) == (account, role)


def _trusted(statements: list[JsonObject]) -> Iterator[str]:
    for statement in statements:
        principal = statement.get("Principal")
        if statement["Effect"] != "Allow":
            continue
        groups = principal.values() if isinstance(principal, Mapping) else (principal,)
        for value in groups:
            for item in value if isinstance(value, list | tuple) else (value,):
                yield _normal(str(item))


def _normal(name: str) -> str:
    """Return an account's id for the two ways of naming an account, other names as they are."""
    parts = name.split(":")
    return parts[4] if parts[-1] == "root" and parts[0] == "arn" else name
