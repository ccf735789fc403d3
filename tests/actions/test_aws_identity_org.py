"""What binds whole accounts: nobody in them undoes it, irkit is left out, nobody else is hit."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from aws_hands import iam_of
from moto.organizations.models import organizations_backends
from stage import DATA, PROD, SANDBOX, VICTIM, Hands, Stage, changing, staged

from irkit.actions.base import Action, Applied
from irkit.diagnostics import IrkitError
from irkit.model.change import Change
from irkit.secret import Secret
from irkit.world.aws.handlers.eks_access import AccessEntries, AccessEntry
from irkit.world.aws.roots import Roots
from irkit.world.aws_probe import ask_aws
from irkit.world.aws_query import AwsAsker, AwsKey, ask, credentials_in
from irkit.world.fixtures.permissions import ADMINISTRATOR
from irkit.world.probing import Reply

Done = list[tuple[Change, Applied]]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world without an intruder."""
    with staged() as stage:
        yield stage


def do(stage: Stage, action: Action) -> Done:
    """Plan and make all changes."""

    async def work(hands: Hands) -> Done:
        return [
            (change, await action.apply(change, hands.readers, hands.writers))
            for change in action.plan(await action.probe(hands.readers))
        ]

    return stage.do(work)


def undo(stage: Stage, action: Action, done: Done) -> None:
    """Take all changes back."""

    async def work(hands: Hands) -> None:
        for change, applied in reversed(done):
            await action.undo(change, applied, hands.readers, hands.writers)

    stage.do(work)


def refusal(stage: Stage, action: Action) -> str:
    """Return why the action cannot be planned, and what helps instead."""

    async def work(hands: Hands) -> str:
        with pytest.raises(IrkitError) as caught:
            action.plan(await action.probe(hands.readers))
        return f"{caught.value}; {caught.value.diagnostics[0].help}"

    return stage.do(work)


def admin_of(stage: Stage, account: str) -> AwsKey:
    """Return a key of a user who may do everything in an account."""
    with iam_of(stage, account) as iam:
        iam.create_user("us-east-1", "boss")
        iam.put_user_policy("boss", "all", json.dumps(ADMINISTRATOR))
        made = iam.create_access_key("boss")
        return AwsKey(id=made.access_key_id, secret=Secret(made.secret_access_key))


def answered(reply: "Reply | None") -> Reply:
    """Return the answer there must be."""
    assert reply is not None
    return reply


def attached(stage: Stage) -> set[str]:
    """Return the names of the service control policies at the root."""
    state = cast("dict[str, Any]", json.loads(stage.world.restorable()))
    organization = state["aws"]["accounts"][PROD]["organizations"]
    root = next(target for target in organization["attached"] if target.startswith("r-"))
    names = organization["policies"]
    return {names[policy]["name"] for policy in organization["attached"][root]}


def test_two_denies_of_one_policy_come_and_go_apart(stage: Stage) -> None:
    """Undoing the first of two leaves the second in force; with the last one the policy goes."""
    before = stage.world.restorable()
    first = changing("aws.org.scp_deny_principal", who=VICTIM)
    second = changing("aws.org.scp_deny_principal", who="maria.lopez@acme.example")
    first_done, second_done = do(stage, first), do(stage, second)
    undo(stage, first, first_done)
    assert "IRKitDeny" in attached(stage)
    assert do(stage, second) == []
    undo(stage, second, second_done)
    assert stage.world.restorable() == before


def test_undoing_the_later_deny_first_works_as_well(stage: Stage) -> None:
    """Each takes out its own statement, in whichever order."""
    before = stage.world.restorable()
    first = changing("aws.org.scp_deny_principal", who=VICTIM)
    second = changing("aws.org.scp_deny_principal", who="okta", by="provider")
    first_done, second_done = do(stage, first), do(stage, second)
    undo(stage, second, second_done)
    assert do(stage, first) == []
    undo(stage, first, first_done)
    assert stage.world.restorable() == before


def test_a_policy_that_was_prepared_unattached_is_left_so(stage: Stage) -> None:
    """Undo detaches what it attached and leaves the statements that were there."""
    unnamed = {"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}
    statements = [unnamed, {**unnamed, "Action": "iam:DeleteUser"}, {**unnamed, "Sid": "Kept"}]
    content = json.dumps({"Version": "2012-10-17", "Statement": statements})
    with stage.world.aws.cloud.moto:
        organizations_backends[PROD]["aws"].create_policy(
            Name="IRKitDeny", Description="", Type="SERVICE_CONTROL_POLICY", Content=content
        )
    before = stage.world.restorable()
    action = changing("aws.org.scp_deny_principal", who=VICTIM)
    done = do(stage, action)
    assert "IRKitDeny" in attached(stage)
    undo(stage, action, done)
    assert stage.world.restorable() == before


def test_an_interrupted_attachment_is_gone_on_with(stage: Stage) -> None:
    """A policy that was stored and not attached counts as not made, and is not made twice."""
    action = changing("aws.org.scp_deny_principal", who=VICTIM)
    done = do(stage, action)
    with stage.world.aws.cloud.moto:
        organization = organizations_backends[PROD]["aws"]
        policy = next(item for item in organization.policies if item.name == "IRKitDeny")
        for target in list(policy.attachments):
            organization.detach_policy(PolicyId=policy.id, TargetId=target.id)

    change, before = done[0][0], len(stage.world.calls.all())

    async def resume(hands: Hands) -> tuple[object, object]:
        found = action.state(await action.probe(hands.readers), change.target)
        await action.apply(change, hands.readers, hands.writers)
        return found, action.state(await action.probe(hands.readers), change.target)

    assert stage.do(resume) == (change.before, change.after)
    calls = stage.world.calls.all()[before:]
    assert [call.operation for call in calls if call.write] == ["organizations:AttachPolicy"]


def test_nobody_but_irkit_takes_a_protected_quarantine_off(stage: Stage) -> None:
    """An administrator of the account can change everybody but the protected user."""
    key = admin_of(stage, DATA)
    for name in ("victim", "other"):
        with iam_of(stage, DATA) as iam:
            iam.create_user("us-east-1", name)
    victim = f"arn:aws:iam::{DATA}:user/victim"
    do(stage, changing("aws.org.protect_quarantine", principal=victim))
    quarantine = changing("aws.iam_user.quarantine", user=victim)
    done = do(stage, quarantine)

    def deletes(user: str) -> int:
        reply = ask(
            AwsAsker(url=stage.world.aws_url, headers={}),
            key,
            "iam",
            "DeleteUserPolicy",
            UserName=user,
            PolicyName="IRKitQuarantine",
        )
        return answered(reply).status

    assert deletes("victim") == 403
    assert deletes("other") == 404
    undo(stage, quarantine, done)


def test_irkit_goes_on_in_a_quarantined_account(stage: Stage) -> None:
    """Everybody else is denied, and irkit still contains and takes back there."""
    key = admin_of(stage, DATA)
    assert str(ask_aws(stage.world.aws_url, key, "iam:ListUsers")) == "alive"
    action = changing("aws.org.quarantine_account", account=DATA)
    done = do(stage, action)
    assert str(ask_aws(stage.world.aws_url, key, "iam:ListUsers")) == "dead"
    inside = changing("aws.iam_user.quarantine", user=f"arn:aws:iam::{DATA}:user/boss")
    undo(stage, inside, do(stage, inside))
    undo(stage, action, done)
    assert str(ask_aws(stage.world.aws_url, key, "iam:ListUsers")) == "alive"


def test_a_quarantine_that_another_account_uses_stays(stage: Stage) -> None:
    """Undo for one account does not free another one."""
    first = changing("aws.org.quarantine_account", account=DATA)
    second = changing("aws.org.quarantine_account", account=SANDBOX)
    first_done, _ = do(stage, first), do(stage, second)
    undo(stage, first, first_done)
    assert do(stage, second) == []
    assert do(stage, first)


@pytest.mark.parametrize(
    ("action", "arguments", "said"),
    [
        ("aws.org.quarantine_account", {"account": PROD}, "management account"),
        (
            "aws.org.protect_quarantine",
            {"principal": f"arn:aws:iam::{PROD}:user/ci-deploy"},
            "management account",
        ),
        ("aws.org.protect_quarantine", {"principal": f"arn:aws:iam::{DATA}:user/*"}, "exact ARN"),
        ("aws.org.scp_deny_principal", {"who": "*"}, "pattern"),
        ("aws.org.scp_deny_principal", {"who": "kai", "by": "name"}, "`by`"),
        ("aws.account.remove_root_credentials", {"account": PROD}, "by-hand.md"),
        ("aws.rolesanywhere.disable", {"arn": "backup"}, "no ARN"),
        (
            "aws.rolesanywhere.disable",
            {
                "arn": f"arn:aws:rolesanywhere:us-east-1:{PROD}:profile/"
                "11111111-2222-3333-4444-555555555555"
            },
            "IRK661",
        ),
        (
            "aws.identity_center.remove_access",
            {"user": "11111111-2222-3333-4444-555555555555", "account": PROD},
            "IRK661",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_before_a_write(
    stage: Stage, action: str, arguments: dict[str, str], said: str
) -> None:
    """Nothing is planned where it would have no effect, or too much."""
    writes = stage.writes()
    assert said in refusal(stage, changing(action, **arguments))
    assert stage.writes() == writes


def test_a_full_root_is_said_before_a_write(stage: Stage) -> None:
    """Where five policies are attached there is no room for a sixth."""
    with stage.world.aws.cloud.moto:
        organization = organizations_backends[PROD]["aws"]
        root = organization.list_roots()["Roots"][0]["Id"]
        content = json.dumps(ADMINISTRATOR)
        for number in range(4):
            made = organization.create_policy(
                Name=f"p{number}", Description="", Type="SERVICE_CONTROL_POLICY", Content=content
            )
            policy = made["Policy"]["PolicySummary"]["Id"]
            organization.attach_policy(PolicyId=policy, TargetId=root)
    assert "no room" in refusal(stage, changing("aws.org.scp_deny_principal", who=VICTIM))


def test_root_credentials_that_are_not_managed_are_said(stage: Stage) -> None:
    """Where the organization has not switched it on, the command that does is named."""
    stage.world.aws.cloud.own(Roots).managed = False
    action = changing("aws.account.remove_root_credentials", account=DATA)
    assert "enable-organizations-root-credentials-management" in refusal(stage, action)


def test_a_session_as_root_can_do_its_task_only(stage: Stage) -> None:
    """Who was let in to look cannot remove; the management account's root stays out of reach."""
    stage.world.aws.cloud.own(Roots).of(DATA).password = True
    key, asker = admin_of(stage, PROD), AwsAsker(url=stage.world.aws_url, headers={})
    task = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"

    def as_root(account: str) -> Reply:
        given = {"TargetPrincipal": account, "TaskPolicyArn.arn": task, "DurationSeconds": "900"}
        return answered(ask(asker, key, "sts", "AssumeRoot", **given))

    root = credentials_in(as_root(DATA))
    assert answered(ask(asker, root, "iam", "GetLoginProfile")).status == 200
    assert answered(ask(asker, root, "iam", "DeleteLoginProfile")).status == 403
    assert as_root(PROD).status == 403


def test_an_entry_of_nodes_is_not_removed(stage: Stage) -> None:
    """Without its entry a cluster's machines would leave the cluster."""
    role = f"arn:aws:iam::{PROD}:role/app-server"
    entries = stage.world.aws.cloud.own(AccessEntries).entries
    entries[PROD, "us-east-1", "shop", role] = AccessEntry(
        type="EC2_LINUX", username="system:node", groups=[], tags={}
    )
    action = changing("aws.eks.remove_access", cluster="shop", principal=role, account=PROD)
    assert "isolate the machines" in refusal(stage, action)


@pytest.mark.parametrize(
    ("name", "given"),
    [("quarantine_account", {"account": DATA}), ("scp_deny_principal", {"who": "kai"})],
)
def test_where_no_service_control_policy_binds_none_is_planned(
    stage: Stage, name: str, given: dict[str, str]
) -> None:
    """AWS would store the policy and refuse to attach it."""
    cloud = stage.world.aws.cloud
    with cloud.moto:
        organization = organizations_backends[cloud.management]["aws"]
        assert organization.org is not None
        root = organization.org.root_id
        organization.disable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    assert "not enabled" in refusal(stage, changing(f"aws.org.{name}", **given))
