"""What actions decide in particular situations: the cases a contract for all cannot know."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from moto.iam.models import AccessKeyLastUsed
from stage import PROD, VICTIM, Hands, Stage, changing, staged

from irkit.actions.base import Action, Applied, Verdict
from irkit.canonical import Json, thaw
from irkit.clock import rfc3339
from irkit.diagnostics import IrkitError
from irkit.model.change import Change, fill_late
from irkit.providers.call import CallError, Outcome
from irkit.world.browser import Browser
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.build_okta import PASSWORD
from irkit.world.okta.records import UserStatus

DEVELOPER = f"arn:aws:iam::{PROD}:role/Developer"
DEPLOY = f"arn:aws:iam::{PROD}:role/Deploy"
CI = f"arn:aws:iam::{PROD}:user/ci-deploy"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world without an intruder."""
    with staged() as stage:
        yield stage


async def plan(hands: Hands, action: Action) -> tuple[Change, ...]:
    """Probe and plan."""
    return action.plan(await action.probe(hands.readers))


async def apply(hands: Hands, action: Action, change: Change) -> Applied:
    """Make one change."""
    now = hands.readers.aws.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    resolved = replace(change, after=fill_late(change.after, now, {}))
    return await action.apply(resolved, hands.readers, hands.writers)


async def everything(hands: Hands, action: Action) -> list[Applied]:
    """Plan and make all changes."""
    return [await apply(hands, action, change) for change in await plan(hands, action)]


def refused(stage: Stage, action: Action) -> str:
    """Return the diagnostic with which planning is refused."""

    async def work(hands: Hands) -> str:
        with pytest.raises(IrkitError) as caught:
            await plan(hands, action)
        return str(caught.value)

    return stage.do(work)


@pytest.mark.parametrize(
    ("action", "arguments", "code"),
    [
        ("okta.user.suspend", {"user": "nobody@acme.example"}, "IRK661"),
        ("okta.api_token.revoke", {"token": "00TNowhere"}, "IRK661"),
        ("okta.user.remove_factor", {"user": VICTIM, "factor": "opfNowhere"}, "IRK661"),
        ("aws.iam_key.deactivate", {"user": CI, "key": "AKIAIOSFODNN7EXAMPLE"}, "IRK661"),
        ("aws.iam_user.quarantine", {"user": f"arn:aws:iam::{PROD}:user/nobody"}, "IRK661"),
        ("aws.iam_role.revoke_sessions", {"role": f"arn:aws:iam::{PROD}:role/nobody"}, "IRK661"),
        ("aws.iam_role.revoke_sessions", {"role": "Developer"}, "IRK193"),
        (
            "aws.ec2_instance.isolate",
            {"instance": f"arn:aws:ec2:us-east-1:{PROD}:instance/i-0123456789abcdef0"},
            "IRK661",
        ),
    ],
)
def test_a_target_that_is_not_there_is_never_already(
    stage: Stage, action: str, arguments: dict[str, Json], code: str
) -> None:
    """A wrong id must not look like a goal that holds."""
    assert code in refused(stage, changing(action, **arguments))


def test_a_role_nobody_can_edit_is_refused_with_another_way(stage: Stage) -> None:
    """Roles of IAM Identity Center undo every edit."""
    role = (
        f"arn:aws:iam::{PROD}:role/aws-reserved/sso.amazonaws.com/"
        "AWSReservedSSO_AuditorAccess_0123456789abcdef"
    )
    text = refused(stage, changing("aws.iam_role.deny_session", role=role, session=VICTIM))
    assert "Identity Center" in text


def test_a_locked_out_user_cannot_be_suspended_and_it_is_said(stage: Stage) -> None:
    """Okta suspends active users only."""
    user = stage.world.okta.tables.users[stage.user()]
    stage.world.okta.put_user(replace(user, status=UserStatus.LOCKED_OUT))
    assert "LOCKED_OUT" in refused(stage, changing("okta.user.suspend", user=VICTIM))


def test_admin_roles_through_a_group_are_not_overlooked(stage: Stage) -> None:
    """Removing the direct roles alone would leave an administrator."""
    group = stage.world.okta_ids.groups["contractors"]

    async def grant(hands: Hands) -> None:
        await hands.writers.okta.send(
            "POST", f"/api/v1/groups/{group}/roles", body={"type": "SUPER_ADMIN"}
        )

    stage.do(grant)
    assert "contractors" in refused(stage, changing("okta.user.remove_admin_roles", user=VICTIM))


def test_an_inline_policy_without_room_is_refused_before_writing(stage: Stage) -> None:
    """A user has room for 2,048 characters of inline policies."""
    filler = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get","Resource":['
    filler += ",".join(f'"arn:aws:s3:::bucket-{n:040}"' for n in range(40)) + "]}]}"
    with stage.world.aws.cloud.moto:
        stage.world.aws.cloud.iam(PROD).put_user_policy("ci-deploy", "filler", filler)
    assert "no room" in refused(stage, changing("aws.iam_user.quarantine", user=CI))

    async def help_of(hands: Hands) -> str:
        with pytest.raises(IrkitError) as caught:
            await plan(hands, changing("aws.iam_user.quarantine", user=CI))
        return caught.value.diagnostics[0].help

    assert "aws.iam_user.set_boundary" in stage.do(help_of)
    stage.do(lambda hands: everything(hands, changing("aws.iam_user.set_boundary", user=CI)))


def test_two_sessions_on_one_role_have_disjoint_targets(stage: Stage) -> None:
    """Each session name has a policy of its own, so that one can be taken back alone."""

    async def work(hands: Hands) -> tuple[Change, Change]:
        actions = [
            changing("aws.iam_role.deny_session", role=DEVELOPER, session=name)
            for name in (VICTIM, "other@acme.example")
        ]
        first, second = [(await plan(hands, action))[0] for action in actions]
        await apply(hands, actions[0], first)
        assert (await plan(hands, actions[1]))[0] == second
        return first, second

    first, second = stage.do(work)
    assert first.target.key != second.target.key
    assert first.verb != second.verb


def test_a_denied_session_is_dead_and_its_colleague_is_not(stage: Stage) -> None:
    """The deny is for one session name on the role, judged by the intruder's own credential."""
    stage.world.plant_intruder()
    role = f"arn:aws:iam::{PROD}:role/Support"

    async def work(hands: Hands) -> None:
        await everything(hands, changing("aws.iam_role.deny_session", role=role, session=VICTIM))

    stage.do(work)
    seat = next(s for s in stage.world.seats if f"role Support in {PROD}" in s.label)
    assert seat.probe() == "dead"
    assert {seat.probe() for seat in stage.world.bystanders} == {"alive"}
    assert stage.read("aws.seat.state", seat=seat.access_key_id).value == "dead"


def test_a_cut_off_covers_a_session_issued_just_before(stage: Stage) -> None:
    """The chained session was issued moments ago, and dies with the role's other sessions."""
    stage.world.plant_intruder()

    async def work(hands: Hands) -> None:
        await everything(hands, changing("aws.iam_role.revoke_sessions", role=DEPLOY))

    stage.do(work)
    seat = next(s for s in stage.world.seats if s.kind == "chained_role_session")
    assert seat.probe() == "dead"
    assert stage.read("aws.seat.state", seat=seat.access_key_id).value == "dead"


def test_a_cut_off_only_ever_moves_on(stage: Stage) -> None:
    """A later cut-off that somebody set is kept; an earlier one is replaced and can come back."""
    action = changing("aws.iam_role.revoke_sessions", role=DEPLOY)

    async def put(hands: Hands, moment: str) -> None:
        document = (
            '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],'
            f'"Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"{moment}"}}}}}}]}}'
        )
        await hands.writers.aws.send(
            "iam",
            "put_role_policy",
            {
                "RoleName": "Deploy",
                "PolicyName": "AWSRevokeOlderSessions",
                "PolicyDocument": document,
            },
            account=PROD,
        )

    async def work(hands: Hands) -> None:
        await put(hands, "2099-01-01T00:00:00Z")
        assert await plan(hands, action) == ()
        await put(hands, "2020-01-01T00:00:00Z")
        before = stage.world.restorable()
        change = (await plan(hands, action))[0]
        applied = await apply(hands, action, change)
        assert stage.world.restorable() != before
        await action.undo(change, applied, hands.readers, hands.writers)
        assert stage.world.restorable() == before

    stage.do(work)


def test_sessions_ended_while_the_log_lags_are_unknown(stage: Stage) -> None:
    """Without a word in the log nobody knows; with one it holds; a new session refutes it."""
    action = changing("okta.user.revoke_sessions", user=VICTIM)

    async def work(hands: Hands) -> None:
        stage.world.okta.log.lag = timedelta(hours=1)
        change = (await plan(hands, action))[0]
        applied = await apply(hands, action, change)
        assert await action.verify(change, applied, hands.readers) is Verdict.UNKNOWN
        stage.world.okta.log.lag = timedelta()
        applied = await apply(hands, action, change)
        assert await action.verify(change, applied, hands.readers) is Verdict.HOLDS

    stage.do(work)


def test_ended_sessions_may_be_live_again_while_the_user_can_sign_in(stage: Stage) -> None:
    """Only a user who cannot sign in has certainly no session; others are planned again."""
    action = changing("okta.user.revoke_sessions", user=VICTIM)

    async def work(hands: Hands) -> None:
        await everything(hands, action)
        assert len(await plan(hands, action)) == 1
        await everything(hands, changing("okta.user.suspend", user=VICTIM))
        assert len(await plan(hands, action)) == 1
        await everything(hands, action)
        assert await plan(hands, action) == ()

    stage.do(work)


def test_a_plain_revoke_leaves_refresh_tokens_and_does_not_hide_it(stage: Stage) -> None:
    """With `oauth_tokens` the goal does not hold while a refresh token lives."""
    stage.world.plant_intruder()

    async def work(hands: Hands) -> None:
        await everything(hands, changing("okta.user.suspend", user=VICTIM))
        plain = changing("okta.user.revoke_sessions", user=VICTIM, oauth_tokens=False)
        await everything(hands, plain)
        assert await plan(hands, plain) == ()
        thorough = changing("okta.user.revoke_sessions", user=VICTIM, oauth_tokens=True)
        assert len(await plan(hands, thorough)) == 1
        await everything(hands, thorough)
        assert await plan(hands, thorough) == ()

    stage.do(work)


def rotation(stage: Stage) -> Action:
    """Return the rotation of the pipeline's key."""
    return changing(
        "aws.iam_key.rotate_to_secret",
        user=CI,
        key=stage.world.user_keys["ci-deploy"].id,
        secret="ci/deploy-key",
    )


def keys(stage: Stage) -> list[dict[str, Any]]:
    """Return the pipeline's keys."""
    value = cast("dict[str, Any]", stage.read("aws.iam_user.get", user=CI).value)
    return cast("list[dict[str, Any]]", value["keys"])


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        (FaultKind.RESET_AFTER, "iam:CreateAccessKey"),
        (FaultKind.RESET_BEFORE, "secretsmanager:PutSecretValue"),
        (FaultKind.RESET_AFTER, "secretsmanager:PutSecretValue"),
    ],
)
def test_an_interrupted_rotation_goes_on_without_a_second_orphan(
    stage: Stage, kind: FaultKind, operation: str
) -> None:
    """Wherever it breaks off, there is one new key in the end, and the secret holds it."""
    action = rotation(stage)
    stage.world.faults.add(Fault(kind=kind, provider="aws", operation=operation))

    async def work(hands: Hands) -> None:
        issue = (await plan(hands, action))[0]
        with pytest.raises(CallError) as caught:
            await apply(hands, action, issue)
        assert caught.value.outcome is Outcome.UNKNOWN
        seen = await action.probe(hands.readers)
        if thaw(action.state(seen, issue.target)) != thaw(issue.after):
            assert action.resumable(issue, seen)
            await apply(hands, action, issue)
            seen = await action.probe(hands.readers)
        assert thaw(action.state(seen, issue.target)) == thaw(issue.after)
        assert text_key(action.adopt(issue, seen)) != stage.world.user_keys["ci-deploy"].id

    stage.do(work)
    assert len(keys(stage)) == 2


def text_key(applied: Applied) -> str:
    """Return the key that an apply or adoption names."""
    key = applied.outputs["key"]
    assert isinstance(key, str)
    return key


def test_a_key_that_appeared_and_is_used_is_not_deleted(stage: Stage) -> None:
    """Between planning and applying somebody made a key and used it: it is theirs, and is shown."""
    action = rotation(stage)

    async def work(hands: Hands) -> None:
        issue = (await plan(hands, action))[0]
        with stage.world.aws.cloud.moto:
            made = stage.world.aws.cloud.iam(PROD).create_access_key("ci-deploy")
            made.last_used = AccessKeyLastUsed(made.create_date, "s3", "us-east-1")
        seen = await action.probe(hands.readers)
        assert not action.resumable(issue, seen)
        with pytest.raises(IrkitError, match="somebody made it"):
            await apply(hands, action, issue)

    stage.do(work)
    assert len(keys(stage)) == 2


def test_a_session_that_began_after_the_clearing_refutes_it(stage: Stage) -> None:
    """An intruder who is back is never taken for contained."""
    action = changing("okta.user.revoke_sessions", user=VICTIM, oauth_tokens=False)

    async def work(hands: Hands) -> None:
        change = (await plan(hands, action))[0]
        applied = await apply(hands, action, change)
        assert await action.verify(change, applied, hands.readers) is Verdict.HOLDS
        Browser(
            okta_url=stage.world.okta_url,
            aws_url=stage.world.aws_url,
            address="203.0.113.66",
            user_agent="curl",
        ).sign_in(VICTIM, PASSWORD)
        assert await action.verify(change, applied, hands.readers) is Verdict.NOT

    stage.do(work)


def test_a_second_key_that_was_there_is_no_orphan(stage: Stage) -> None:
    """A key that existed at planning leaves no room, and is never deleted."""
    with stage.world.aws.cloud.moto:
        stage.world.aws.cloud.iam(PROD).create_access_key("ci-deploy")
    assert "two keys" in refused(stage, rotation(stage))
    assert len(keys(stage)) == 2


def test_the_new_key_works_and_its_secret_is_nowhere_but_in_the_secret(stage: Stage) -> None:
    """Neither plan nor outputs hold the new secret."""
    action = rotation(stage)

    async def work(hands: Hands) -> tuple[tuple[Change, ...], list[Applied]]:
        changes = await plan(hands, action)
        return changes, [await apply(hands, action, change) for change in changes]

    changes, applied = stage.do(work)
    with stage.world.aws.cloud.moto:
        user = stage.world.aws.cloud.iam(PROD).get_user("ci-deploy")
        secrets = [key.secret_access_key for key in user.access_keys]
    assert len(secrets) == 2
    shown = repr([change.to_json() for change in changes]) + repr(applied)
    assert not any(secret in shown for secret in secrets)


def isolation(stage: Stage) -> Action:
    """Return the isolation of the machine with two interfaces."""
    return changing("aws.ec2_instance.isolate", instance=stage.machine("db-proxy"))


@pytest.mark.parametrize(
    ("operation", "nth"),
    [
        ("ec2:CreateSecurityGroup", 2),
        ("ec2:RevokeSecurityGroupEgress", 1),
        ("ec2:AuthorizeSecurityGroupIngress", 1),
        ("ec2:ModifyNetworkInterfaceAttribute", 1),
        ("ec2:ModifyNetworkInterfaceAttribute", 2),
    ],
)
def test_an_interrupted_isolation_goes_on(stage: Stage, operation: str, nth: int) -> None:
    """Every intermediate state is recognised, and the machine ends up isolated."""
    action = isolation(stage)
    stage.world.faults.add(
        Fault(kind=FaultKind.RESET_AFTER, provider="aws", operation=operation, nth=nth)
    )

    async def work(hands: Hands) -> list[Outcome]:
        outcomes = []
        for change in await plan(hands, action):
            try:
                await apply(hands, action, change)
            except CallError as error:
                outcomes.append(error.outcome)
                seen = await action.probe(hands.readers)
                if thaw(action.state(seen, change.target)) == thaw(change.after):
                    continue
                resumable = action.resumable(change, seen)
                assert resumable
                await apply(hands, action, change)
        assert await plan(hands, action) == ()
        return outcomes

    assert stage.do(work) == [Outcome.UNKNOWN]


def test_a_quarantine_group_that_somebody_opened_is_closed_again(stage: Stage) -> None:
    """An isolated machine behind an opened group is not isolated."""
    action = isolation(stage)

    async def work(hands: Hands) -> None:
        await everything(hands, action)
        seen = await action.probe(hands.readers)
        fences = cast("list[dict[str, Any]]", seen["fences"])
        group = next(item["id"] for item in fences if item["name"] == "irkit-quarantine")
        await hands.writers.aws.send(
            "ec2",
            "authorize_security_group_ingress",
            {
                "GroupId": group,
                "IpPermissions": [
                    {
                        "IpProtocol": "tcp",
                        "FromPort": 22,
                        "ToPort": 22,
                        "IpRanges": [{"CidrIp": "203.0.113.0/24"}],
                    }
                ],
            },
            account=PROD,
        )
        changes = await plan(hands, action)
        assert changes
        await everything(hands, action)
        assert await plan(hands, action) == ()

    stage.do(work)


def test_a_group_in_use_is_left_and_it_is_said(stage: Stage) -> None:
    """Undo of one isolation does not pull the group from under another."""
    action = isolation(stage)

    async def work(hands: Hands) -> None:
        changes = await plan(hands, action)
        for change in changes:
            await apply(hands, action, change)
        quarantine = next(c for c in changes if "quarantine" in c.id)
        with pytest.raises(IrkitError, match="IRK663"):
            await action.undo(quarantine, Applied(), hands.readers, hands.writers)

    stage.do(work)


def test_times_in_policies_are_the_provider_s(stage: Stage) -> None:
    """The cut-off follows AWS's clock, not this machine's."""
    stage.world.clock.advance(timedelta(days=2))
    action = changing("aws.iam_role.revoke_sessions", role=DEPLOY)

    async def work(hands: Hands) -> str:
        await hands.readers.aws.caller(PROD)
        seen = await action.probe(hands.readers)
        return str(seen["now"])

    assert stage.do(work) >= rfc3339(stage.world.clock() - timedelta(seconds=5))
