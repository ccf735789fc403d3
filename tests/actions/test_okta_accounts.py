"""Actions on a user's account in particular situations: what is refused, kept, and left alive."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hands_on import made, planned, refused, saved, undone
from stage import VICTIM, Hands, Stage, changing, staged

from irkit.actions.base import Action
from irkit.diagnostics import IrkitError
from irkit.model.spec import Reversal
from irkit.providers.call import CallError, Outcome
from irkit.world.faults import Fault, FaultKind
from irkit.world.okta.records import UserStatus

DEVELOPERS = "developers"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world of its own for each test."""
    with staged() as stage:
        yield stage


def in_status(stage: Stage, status: UserStatus, provider: str = "OKTA") -> None:
    """Put the person into a status."""
    user = stage.world.okta.tables.users[stage.user()]
    stage.world.okta.put_user(replace(user, status=status, provider=provider))


@pytest.mark.parametrize(
    ("status", "provider", "says"),
    [
        (UserStatus.SUSPENDED, "OKTA", "who is SUSPENDED"),
        (UserStatus.STAGED, "OKTA", "who is STAGED"),
        (UserStatus.ACTIVE, "ACTIVE_DIRECTORY", "by ACTIVE_DIRECTORY"),
        (UserStatus.ACTIVE, "FEDERATION", "by FEDERATION"),
    ],
)
def test_a_password_that_okta_cannot_reset_is_refused(
    stage: Stage, status: UserStatus, provider: str, says: str
) -> None:
    """The refusal says where the password is, or when it can be reset."""
    in_status(stage, status, provider)
    with pytest.raises(IrkitError, match="IRK660") as caught:
        planned(stage, changing("okta.user.expire_password", user=VICTIM))
    assert says in caught.value.diagnostics[0].summary


def test_a_password_that_only_expired_is_reset_all_the_same(stage: Stage) -> None:
    """Whoever knows an expired password may choose the next one."""
    in_status(stage, UserStatus.PASSWORD_EXPIRED)
    (change,) = planned(stage, changing("okta.user.expire_password", user=VICTIM))
    assert change.before == {"password": "valid"}


def test_the_reset_link_is_nowhere(stage: Stage) -> None:
    """What Okta answers with would let anybody choose the password."""
    built = changing("okta.user.expire_password", user=VICTIM)

    async def work(hands: Hands) -> str:
        (change,) = built.plan(await built.probe(hands.readers))
        return repr(await built.apply(change, hands.readers, hands.writers))

    assert "reset_password" not in stage.do(work)


def suspend(stage: Stage) -> None:
    """Suspend the person, as an administrator would."""

    async def work(hands: Hands) -> None:
        await hands.writers.okta.send("POST", f"/api/v1/users/{stage.user()}/lifecycle/suspend")

    stage.do(work)


def test_nobody_who_can_sign_in_is_left_without_a_factor() -> None:
    """With the password alone the intruder would come in and enrol the next one."""
    with staged(intruder=True) as stage:
        reset = changing("okta.user.reset_factors", user=VICTIM)
        (change,) = planned(stage, reset)
        factors = saved(change)["factors"]
        assert isinstance(factors, list)
        assert len(factors) == 2
        with pytest.raises(CallError, match="IRK660") as refused:
            made(stage, reset)
        assert refused.value.outcome is Outcome.REJECTED, "that nothing was done is sure"
        planted, own = (changing_factor(stage, kind) for kind in ("GOOGLE", "OKTA"))
        made(stage, own)
        with pytest.raises(IrkitError, match="IRK660"):
            made(stage, planted)
        suspend(stage)
        made(stage, planted)
        assert planned(stage, reset) == ()


def changing_factor(stage: Stage, provider: str) -> Action:
    """Return the removal of a person's factor of one provider."""
    value = stage.read("okta.user.get", user=VICTIM).value
    assert isinstance(value, dict)
    factors = value["factors"]
    assert isinstance(factors, list)
    (factor,) = (
        item for item in factors if isinstance(item, dict) and item["provider"] == provider
    )
    return changing("okta.user.remove_factor", user=VICTIM, factor=factor["id"])


def test_factors_of_an_account_that_is_not_used_are_left(stage: Stage) -> None:
    """Okta refuses it, and nobody signs in as such a user."""
    in_status(stage, UserStatus.STAGED)
    with pytest.raises(IrkitError, match="IRK660"):
        planned(stage, changing("okta.user.reset_factors", user=VICTIM))


def test_an_end_of_account_keeps_what_there_was(stage: Stage) -> None:
    """Groups, applications and roles are in the plan: a new account would need them."""
    (change,) = planned(stage, changing("okta.user.deactivate", user="rui.tanaka@acme.example"))
    had = saved(change)["had"]
    assert isinstance(had, dict)
    assert stage.world.okta_ids.groups["it"] in had["groups"]
    assert stage.world.okta_ids.aws_app in had["apps"]
    assert [role["type"] for role in had["roles"]] == ["HELP_DESK_ADMIN"]


def test_a_user_leaves_okta_s_own_groups_only(stage: Stage) -> None:
    """Everyone is Okta's, and a directory's group is the directory's."""
    ids = stage.world.okta_ids.groups
    directory = stage.world.okta.add_group("Domain Users", kind="APP_GROUP")
    stage.world.okta.add_member(directory, stage.user())
    changes = planned(stage, changing("okta.user.remove_groups", user=VICTIM))
    left = {change.target.id.partition("/")[2] for change in changes}
    assert left == {ids["contractors"], ids["support"], ids[DEVELOPERS]}
    with pytest.raises(IrkitError, match="IRK660"):
        planned(stage, changing("okta.user.remove_groups", user=VICTIM, group=directory))


def test_whom_a_rule_had_put_there_stays_its_exception(stage: Stage) -> None:
    """Undo gives the membership back, and not what Okta made of the rule: that is no exact undo."""
    group, okta = stage.world.okta_ids.groups[DEVELOPERS], stage.world.okta
    matching = f'user.login=="{VICTIM}"'
    rule = okta.add_group_rule("Everybody codes", matching, (group,), status="ACTIVE")
    action = changing("okta.user.remove_groups", user=VICTIM, group=group)
    done = made(stage, action)
    assert saved(done[0][0])["rules"] == ["Everybody codes"]
    assert planned(stage, action) == ()
    undone(stage, action, done)
    assert stage.user() in okta.tables.members[group]
    assert okta.tables.rules[rule].excluded == (stage.user(),)
    assert action.spec.reversal is Reversal.LOSSY


def test_a_directory_s_group_that_grants_roles_is_refused(stage: Stage) -> None:
    """Okta takes nobody out of it, so that the plan says where to do it."""
    okta = stage.world.okta
    directory = okta.add_group("Domain Admins", kind="APP_GROUP")
    okta.add_member(directory, stage.user())
    okta.assign_role(directory, "ORG_ADMIN")
    action = changing("okta.user.remove_admin_roles", user=VICTIM, groups=True)
    assert "Domain Admins, which is no group of Okta's own" in refused(stage, action)


def test_a_group_the_user_is_not_in_is_left_already(stage: Stage) -> None:
    """The goal holds."""
    group = stage.world.okta_ids.groups["legal"]
    assert planned(stage, changing("okta.user.remove_groups", user=VICTIM, group=group)) == ()


def test_aws_through_a_group_is_refused_with_the_way(stage: Stage) -> None:
    """Taking the user's own assignment would change nothing."""
    with pytest.raises(IrkitError, match="IRK660") as caught:
        planned(stage, changing("okta.user.unassign_aws", user=VICTIM))
    assert "okta.user.remove_groups" in caught.value.diagnostics[0].summary


def test_whoever_has_aws_in_person_and_through_a_group_keeps_it(stage: Stage) -> None:
    """The own assignment goes; that the group's is left is no success in silence."""
    app = stage.world.okta_ids.aws_app
    stage.world.okta.assign_app(app, stage.user(), {"samlRoles": ["Support"]})
    made(stage, changing("okta.user.unassign_aws", user=VICTIM))
    with pytest.raises(IrkitError, match="through a group"):
        planned(stage, changing("okta.user.unassign_aws", user=VICTIM))


def test_an_application_that_is_not_there_is_no_success(stage: Stage) -> None:
    """A wrong id must not look like a user without the application."""
    with pytest.raises(IrkitError, match="IRK661"):
        planned(stage, changing("okta.user.unassign_aws", user=VICTIM, app="0oaNobody"))


def test_a_user_without_aws_has_nothing_to_lose(stage: Stage) -> None:
    """The application is the one that `federation` names."""
    assert planned(stage, changing("okta.user.unassign_aws", user="max.huber@acme.example")) == ()


@pytest.mark.parametrize(
    ("level", "after"), [("NONE", "LOW"), ("LOW", "LOW"), ("MEDIUM", "MEDIUM")]
)
def test_risk_goes_back_to_what_it_was_or_to_low(stage: Stage, level: str, after: str) -> None:
    """Okta has no way back to no level at all."""
    risks = stage.world.okta.tables.risks
    if level != "NONE":
        risks[stage.user()] = level
    built = changing("okta.user.raise_risk", user=VICTIM)

    async def work(hands: Hands) -> None:
        (change,) = built.plan(await built.probe(hands.readers))
        applied = await built.apply(change, hands.readers, hands.writers)
        assert risks[stage.user()] == "HIGH"
        await built.undo(change, applied, hands.readers, hands.writers)

    stage.do(work)
    assert risks[stage.user()] == after


def test_a_role_whose_limit_is_gone_is_not_given_back_without_it(stage: Stage) -> None:
    """Half given back it would be for all groups: it is taken away again, and the undo fails."""
    okta, user = stage.world.okta, stage.user()
    group = okta.add_group("Interns")
    okta.assign_role(user, "USER_ADMIN", group_targets=(group,))
    action = changing("okta.user.remove_admin_roles", user=VICTIM)
    done = made(stage, action)
    del okta.tables.groups[group]
    with pytest.raises(CallError, match="E0000007"):
        undone(stage, action, done)
    assert okta.tables.roles[user] == {}


def test_sessions_end_though_the_log_does_not_answer() -> None:
    """Whether they ended is not known then; that they may be live is no reason to leave them."""
    with staged(intruder=True) as stage:
        session = next(seat for seat in stage.world.seats if seat.kind == "okta_session")
        fault = Fault(
            kind=FaultKind.FORBIDDEN_EMPTY, provider="okta", operation="GET /api/v1/logs", times=9
        )
        stage.world.faults.add(fault)
        made(stage, changing("okta.user.revoke_sessions", user=VICTIM))
        assert session.probe() == "dead"
