"""A small catalogue made by hand: what the language tests know of actions."""

from datetime import timedelta

from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import (
    Blast,
    Catalogue,
    Effect,
    Parameter,
    Permissions,
    Reversal,
    Spec,
    Verb,
)


def parameter(name: str, type_: str, *, required: bool = True) -> Parameter:
    """Return a parameter with a help text."""
    return Parameter(name=name, type=type_, help=f"The {name}", required=required)


def read(id_: str, *parameters: Parameter, needs: tuple[str, ...] = ("aws",)) -> Spec:
    """Return the spec of a read."""
    return Spec(id=id_, version=1, verb=Verb.READ, summary=id_, needs=needs, parameters=parameters)


def change(
    id_: str,
    *parameters: Parameter,
    target: str,
    reversal: Reversal = Reversal.EXACT,
    cuts: tuple[Kind, ...] = (),
    closes_door: bool = False,
    ends_sessions: bool = False,
    before_evidence: bool = False,
    permissions: Permissions | None = None,
) -> Spec:
    """Return the spec of a change."""
    return Spec(
        id=id_,
        version=1,
        verb=Verb.DO,
        summary=id_,
        needs=(id_.partition(".")[0],),
        effect=Effect.IDEMPOTENT,
        reversal=reversal,
        blast=Blast.PRINCIPAL,
        target=target,
        parameters=parameters,
        cuts=cuts,
        closes_door=closes_door,
        ends_sessions=ends_sessions,
        before_evidence=before_evidence,
        permissions=permissions or Permissions(),
        visible_within=timedelta(seconds=30),
    )


_USER = parameter("user", "okta.user")
_IAM_USER = parameter("user", "aws.user")
_ROLE = parameter("role", "aws.role")

SPECS = (
    read("okta.user.get", _USER, needs=("okta",)),
    read(
        "aws.federation.trace",
        parameter("account", "aws.account"),
        parameter("user", "text"),
        parameter("since", "time"),
    ),
    read("aws.seat.state", parameter("seat", "text")),
    change(
        "okta.user.suspend",
        _USER,
        target="okta.user",
        cuts=(Kind.OKTA_API_TOKEN,),
        closes_door=True,
        permissions=Permissions(okta_write=("okta.users.manage",)),
    ),
    change(
        "okta.user.revoke_sessions",
        _USER,
        parameter("oauth_tokens", "bool", required=False),
        target="okta.user",
        reversal=Reversal.SELF_HEALING,
        cuts=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN),
        ends_sessions=True,
    ),
    change(
        "okta.user.remove_factor",
        _USER,
        parameter("factor", "text"),
        target="okta.user",
        reversal=Reversal.LOSSY,
        cuts=(Kind.OKTA_FACTOR,),
        before_evidence=True,
    ),
    change(
        "aws.iam_role.deny_session",
        _ROLE,
        parameter("session", "text"),
        target="aws.role",
        cuts=(Kind.FEDERATED_ROLE_SESSION, Kind.CONSOLE_SESSION),
        closes_door=True,
        ends_sessions=True,
    ),
    change(
        "aws.iam_role.revoke_sessions",
        _ROLE,
        target="aws.role",
        reversal=Reversal.SELF_HEALING,
        cuts=(Kind.FEDERATED_ROLE_SESSION, Kind.CHAINED_ROLE_SESSION, Kind.ROLE_SESSION),
        ends_sessions=True,
    ),
    change(
        "aws.iam_role.lock_trust",
        _ROLE,
        target="aws.role",
        cuts=(Kind.EXTERNAL_TRUST,),
        closes_door=True,
    ),
    change(
        "aws.iam_user.quarantine",
        _IAM_USER,
        target="aws.user",
        cuts=(Kind.LONG_TERM_KEY, Kind.GET_SESSION_TOKEN, Kind.GET_FEDERATION_TOKEN),
        closes_door=True,
        ends_sessions=True,
        permissions=Permissions(iam_write=("iam:PutUserPolicy",)),
    ),
    change(
        "aws.iam_key.deactivate",
        _IAM_USER,
        parameter("key", "aws.access_key"),
        target="aws.access_key",
        cuts=(Kind.LONG_TERM_KEY,),
        closes_door=True,
    ),
)

CATALOGUE = Catalogue({spec.id: spec for spec in SPECS})
