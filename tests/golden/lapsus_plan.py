"""The plan of the night that `lapsus_run` tells: two parts to approve and one not known yet."""

from datetime import UTC, datetime, timedelta

from irkit.canonical import digest
from irkit.clock import rfc3339
from irkit.model.change import PROVIDER_NOW, Change, Target
from irkit.model.plan import Header, Part, PartNeed, Plan, PlannedStep, Unknown
from irkit.model.spec import Blast, Effect, Reversal

START = datetime(2026, 11, 24, 2, 23, tzinfo=UTC)
OKTA = "okta:00o1acme"
ACCOUNTS = ("111111111111", "222222222222", "333333333333")
LOGIN = "riley@contractor.example"
POLICY = digest({"policy": "acme"})


def user(tail: str = "") -> Target:
    """Return the user, or a part of what is theirs."""
    return Target(kind=f"okta.user{tail}", tenant=OKTA, id="00u7riley", label=LOGIN)


def session(account: str, role: str = "OktaPowerUser") -> Target:
    """Return the policy place of one session name on one role."""
    return Target(
        kind="aws.iam_role",
        tenant=f"aws:{account}",
        id=f"AROA{account[:4]}EXAMPLE:{LOGIN}",
        label=f"arn:aws:iam::{account}:role/{role}",
    )


def door_steps() -> tuple[PlannedStep, ...]:
    """Return the planned steps that close the door."""
    suspend = Change(
        id="suspend",
        target=user(),
        verb="suspend",
        before={"status": "ACTIVE"},
        after={"status": "SUSPENDED"},
    )
    sessions = Change(
        id="sessions",
        target=user(".sessions"),
        verb="end sessions",
        before={"ended_before": None},
        after={"ended_before": PROVIDER_NOW, "oauth_tokens": True},
    )
    return (
        step("close-the-door.suspend", "okta.user.suspend", suspend, title="Suspend an Okta user"),
        step(
            "close-the-door.revoke_sessions",
            "okta.user.revoke_sessions",
            sessions,
            title="End all sessions of an Okta user",
            reversal=Reversal.SELF_HEALING,
            because="Ended sessions cannot be given back; the user signs in again after release.",
        ),
    )


def step(
    path: str,
    action: str,
    *changes: Change,
    title: str,
    reversal: Reversal = Reversal.EXACT,
    because: str = "",
    already: tuple[str, ...] = (),
) -> PlannedStep:
    """Return one planned step with its changes under its path."""
    return PlannedStep(
        path=path,
        action=action,
        version=1,
        connection="aws" if action.startswith("aws") else "okta",
        arguments={"user": LOGIN},
        title=title,
        effect=Effect.IDEMPOTENT,
        reversal=reversal,
        blast=Blast.PRINCIPAL,
        because=because,
        changes=tuple(change.under(path) for change in changes),
        already=already,
    )


def deny(account: str, role: str = "OktaPowerUser") -> PlannedStep:
    """Return the planned denial of the intruder's session in one account."""
    change = Change(
        id="deny",
        target=session(account, role),
        verb="deny session",
        before={"policies": {"base": {"Version": "2012-10-17"}}},
        after={
            "policies": {
                "base": {"Version": "2012-10-17"},
                "irkit-deny-session": {
                    "Effect": "Deny",
                    "Action": "*",
                    "Condition": {"StringLike": {"aws:userid": f"*:{LOGIN}"}},
                },
            }
        },
    )
    return step(
        f"contain-aws.for-each.deny_session[{account[:4]}]",
        "aws.iam_role.deny_session",
        change,
        title="Deny one session of a role, and no other",
    )


def key_step() -> PlannedStep:
    """Return the planned deactivation of the key the intruder made."""
    change = Change(
        id="deactivate",
        target=Target(
            kind="aws.access_key",
            tenant="aws:111111111111",
            id="AKIA2OTTER7Q",
            label="AKIA2OTTER7Q of build-helper",
        ),
        verb="deactivate",
        before={"status": "Active"},
        after={"status": "Inactive"},
    )
    return step(
        "contain-aws.for-each.deactivate[1111]",
        "aws.iam_key.deactivate",
        change,
        title="Deactivate an access key",
        already=("AKIA2OLD0001 of build-helper",),
    )


def rotate_step() -> PlannedStep:
    """Return the planned rotation of a secret the intruder has read."""
    change = Change(
        id="rotate",
        target=Target(
            kind="aws.secret",
            tenant="aws:111111111111",
            id="arn:aws:secretsmanager:eu-central-1:111111111111:secret:deploy-AbC123",
            label="deploy",
        ),
        verb="store a new key",
        before={"key": "AKIA2DEPLOY01"},
        after={"key": {"$late": "result_of", "change": "rotate", "output": "key"}},
    )
    return step(
        "contain-aws.rotate",
        "aws.iam_key.rotate_to_secret",
        change,
        title="Replace a key and store the new one in its secret",
        reversal=Reversal.LOSSY,
        because="The old key was read by the intruder; a new one takes its place.",
    )


def lapsus_plan(*, drifting: bool = True, mode: str = "live") -> Plan:
    """Return the plan: two parts that can be approved, one that is not known yet."""
    aws = (*map(deny, ACCOUNTS), key_step(), rotate_step())
    if drifting:
        aws = (*aws, deny("444444444444"), deny("555555555555", "ir-responder"))
    return Plan(
        header=Header(
            playbook="okta-user-federated-to-aws",
            playbook_digest=digest("the playbook"),
            title="Compromised Okta user federated into AWS",
            inputs={"user": "00u7riley", "accounts": list(ACCOUNTS)},
            tenants=(OKTA, *(f"aws:{account}" for account in ACCOUNTS)),
            mode=mode,
            policy=POLICY,
            guards=("blast-radius", "protected", "self-lockout", "tenant"),
            irkit="0.1.0",
            actions={"okta.user.suspend": 1},
            observed_at=rfc3339(START + timedelta(seconds=40)),
        ),
        parts=(
            Part(
                id="close-the-door",
                phase="close-the-door",
                need=PartNeed(need=1, roles=("ir-oncall", "ir-lead")),
                steps=door_steps(),
            ),
            Part(
                id="contain-aws",
                phase="contain-aws",
                need=PartNeed(
                    need=2,
                    roles=("ir-lead", "identity-owner"),
                    exclude_requester=True,
                    valid_s=1800,
                ),
                steps=aws,
            ),
            Part(
                id="ask?",
                phase="ask",
                need=PartNeed(),
                unknowns=(Unknown(path="ask.undo", why="ir-lead has not been asked yet"),),
            ),
        ),
    )
