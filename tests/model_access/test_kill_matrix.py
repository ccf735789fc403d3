"""The kill matrix: which containment action cuts which credential, by the evaluator alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from irkit.canonical import Json
from irkit.model.access import (
    Credential,
    CredentialKind,
    Policies,
    Policy,
    Request,
    decide,
    may_assume,
    parse_policy,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CUT_OFF = NOW - timedelta(minutes=5)
ACCOUNT = "111122223333"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/Ops"
IR_ARN = f"arn:aws:iam::{ACCOUNT}:role/irkit-write"

ALLOW_ALL = parse_policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
    "allow",
)


def deny(condition: dict[str, Json] | None = None) -> Policy:
    """Return a policy that denies everything under `condition`."""
    statement: dict[str, Json] = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    return parse_policy({"Version": "2012-10-17", "Statement": [statement]}, "deny")


def role_session(name: str, *, role: str = "Ops", new: bool = False) -> Credential:
    """Return a session of a role, made before or after the cut-off."""
    return Credential(
        kind=CredentialKind.FEDERATED_ROLE_SESSION,
        account=ACCOUNT,
        principal_arn=f"arn:aws:iam::{ACCOUNT}:role/{role}",
        user_id=f"AROA{role.upper()}:{name}",
        name=role,
        session_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        session_name=name,
        issued_at=NOW - timedelta(minutes=1) if new else NOW - timedelta(hours=1),
    )


USER = Credential(
    kind=CredentialKind.LONG_TERM_KEY,
    account=ACCOUNT,
    principal_arn=f"arn:aws:iam::{ACCOUNT}:user/mallory",
    user_id="AIDAMALLORY",
    name="mallory",
)
CREDENTIALS = {
    "key": USER,
    "get_session_token": replace(
        USER, kind=CredentialKind.GET_SESSION_TOKEN, issued_at=NOW - timedelta(hours=1)
    ),
    "get_federation_token": replace(
        USER,
        kind=CredentialKind.GET_FEDERATION_TOKEN,
        user_id=f"{ACCOUNT}:mal",
        session_arn=f"arn:aws:sts::{ACCOUNT}:federated-user/mal",
        issued_at=NOW - timedelta(hours=1),
    ),
    "mallory": role_session("mallory"),
    "alice": role_session("alice"),
    "mallory_new": role_session("mallory", new=True),
    "idc_new": replace(
        role_session("mallory", role="AWSReservedSSO_Admin_1", new=True),
        keys=(("identitystore:UserId", ("mallory-id",)),),
    ),
    "ir": role_session("irkit", role="irkit-write"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """The policies that a containment action changes, and whether the key is active."""

    user: tuple[Policy, ...] = (ALLOW_ALL,)
    role: tuple[Policy, ...] = (ALLOW_ALL,)
    scp: tuple[Policy, ...] = (ALLOW_ALL,)
    boundary: Policy | None = None
    key_active: bool = True

    def alive(self, credential: Credential) -> bool:
        """Say whether the credential can still list buckets."""
        if credential.kind is CredentialKind.LONG_TERM_KEY and not self.key_active:
            return False
        return decide(credential, self._policies(credential), REQUEST).allowed

    def _policies(self, credential: Credential) -> Policies:
        if credential.is_role:
            own = self.role if credential.principal_arn == ROLE_ARN else (ALLOW_ALL,)
            return Policies(identity=own, scps=(self.scp,))
        federated = credential.kind is CredentialKind.GET_FEDERATION_TOKEN
        return Policies(
            identity=self.user,
            boundary=self.boundary,
            session=(ALLOW_ALL,) if federated else None,
            scps=(self.scp,),
        )


REQUEST = Request(action="s3:ListAllMyBuckets", time=NOW)
BEFORE_CUT_OFF: dict[str, Json] = {"DateLessThan": {"aws:TokenIssueTime": "2026-11-24T02:55:00Z"}}
MALLORY: dict[str, Json] = {"StringLike": {"aws:userid": ["*:mallory"]}}
BY_ARN: dict[str, Json] = {"ArnEquals": {"aws:PrincipalArn": [USER.principal_arn]}}
NOT_IR: dict[str, Json] = {"ArnNotLike": {"aws:PrincipalArn": [IR_ARN]}}

ROWS: dict[str, tuple[Callable[[], Estate], set[str]]] = {
    "nothing done": (Estate, set()),
    "key inactive": (lambda: Estate(key_active=False), {"key"}),
    "deny all on the user": (
        lambda: Estate(user=(ALLOW_ALL, deny())),
        {"key", "get_session_token", "get_federation_token"},
    ),
    "deny boundary on the user": (
        lambda: Estate(boundary=deny()),
        {"key", "get_session_token", "get_federation_token"},
    ),
    "deny by the user's ARN, as a secret's policy does": (
        lambda: Estate(
            user=(ALLOW_ALL, deny({"ArnEquals": {"aws:PrincipalArn": [USER.principal_arn]}}))
        ),
        {"key", "get_session_token"},
    ),
    "token issue time on the user": (
        lambda: Estate(user=(ALLOW_ALL, deny(BEFORE_CUT_OFF))),
        {"get_session_token", "get_federation_token"},
    ),
    "older sessions of the role": (
        lambda: Estate(role=(ALLOW_ALL, deny(BEFORE_CUT_OFF))),
        {"mallory", "alice"},
    ),
    "deny the session on the role": (
        lambda: Estate(role=(ALLOW_ALL, deny(MALLORY))),
        {"mallory", "mallory_new"},
    ),
    "scp denies the session": (
        lambda: Estate(scp=(ALLOW_ALL, deny(MALLORY))),
        {"mallory", "mallory_new", "idc_new"},
    ),
    "scp denies the identity center user": (
        lambda: Estate(
            scp=(ALLOW_ALL, deny({"StringEquals": {"identitystore:UserId": "mallory-id"}}))
        ),
        {"idc_new"},
    ),
    "scp denies all but the responder": (
        lambda: Estate(scp=(ALLOW_ALL, deny(NOT_IR))),
        set(CREDENTIALS) - {"ir"},
    ),
    "scp denies all": (lambda: Estate(scp=(ALLOW_ALL, deny())), set(CREDENTIALS)),
}


@pytest.mark.parametrize("row", ROWS)
def test_action_cuts_exactly_what_the_matrix_says(row: str) -> None:
    """Each action cuts the credentials of its row and leaves all others alive."""
    estate, cut = ROWS[row]
    dead = {name for name, credential in CREDENTIALS.items() if not estate().alive(credential)}
    assert dead == cut


def test_emptied_trust_blocks_minting_but_not_sessions() -> None:
    """A trust policy decides who may enter; who is inside stays inside."""
    emptied = parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}],
        },
        "trust",
    )
    enter = Request(action="sts:AssumeRole", time=NOW, resource=ROLE_ARN, resource_account=ACCOUNT)
    entering = may_assume(emptied, USER, Policies(identity=(ALLOW_ALL,)), enter)
    assert not entering.allowed
    assert entering.denied_explicitly
    assert Estate().alive(CREDENTIALS["mallory"])
