"""From what people type to immutable ids, and from patterns to everything they protect."""

from collections.abc import Iterator

import pytest
from stage import DATA, PROD, SANDBOX, VICTIM, Hands, Stage, staged

from irkit.actions.base import Readers
from irkit.actions.dependencies import own_identities, super_admins
from irkit.actions.resolve import Resolved, expand, resolve, resolve_list
from irkit.diagnostics import IrkitError
from irkit.model.change import Target
from irkit.model.owners import touched
from irkit.world.okta.records import UserStatus


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One world for tests that only look."""
    with staged() as stage:
        yield stage


def resolved(stage: Stage, kind: str, text: str) -> Resolved:
    """Resolve one value."""

    async def work(hands: Hands) -> Resolved:
        return await resolve(kind, text, hands.readers)

    return stage.do(work)


def expanded(stage: Stage, kind: str, pattern: str) -> set[str]:
    """Return the labels a pattern means."""

    async def work(hands: Hands) -> set[str]:
        return {target.label for target in await expand(kind, pattern, hands.readers)}

    return stage.do(work)


def test_a_login_and_an_id_mean_the_same_user(stage: Stage) -> None:
    """What expressions see is the Okta id."""
    by_login = resolved(stage, "okta.user", VICTIM)
    assert by_login == resolved(stage, "okta.user", by_login.id)
    assert by_login.id == stage.user()
    assert by_login.target.tenant == f"okta:{stage.world.org_id}"


def test_a_similar_login_is_a_candidate_and_never_a_guess(stage: Stage) -> None:
    """A part of a name is answered with who it may be."""
    with pytest.raises(IrkitError, match=r"IRK271.*maria\.lopez"):
        resolved(stage, "okta.user", "mari")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("okta.user", "xyzzy@acme.example"),
        ("okta.group", "xyzzy"),
        ("okta.app", "xyzzy"),
        ("aws.account", "999999999999"),
        ("aws.region", "mars-north-1"),
        ("aws.role", "xyzzy"),
        ("aws.role", "arn:aws:iam::999999999999:role/Developer"),
        ("aws.user", "xyzzy"),
    ],
)
def test_what_means_nothing_is_an_error(stage: Stage, kind: str, text: str) -> None:
    """Nothing is resolved to nothing."""
    with pytest.raises(IrkitError, match="IRK270"):
        resolved(stage, kind, text)


def test_roles_and_users_become_arns(stage: Stage) -> None:
    """What expressions see is the ARN, what guards see the unique id."""
    role = resolved(stage, "aws.role", "app-server")
    assert role.id == f"arn:aws:iam::{PROD}:role/app-server"
    assert role.target.id.startswith("AROA")
    user = resolved(stage, "aws.user", f"arn:aws:iam::{PROD}:user/ci-deploy")
    assert user.target.id.startswith("AIDA")


def test_a_role_of_several_accounts_is_ambiguous(stage: Stage) -> None:
    """All candidates are listed by ARN."""
    with pytest.raises(IrkitError, match="IRK271") as caught:
        resolved(stage, "aws.role", "Developer")
    for account in (PROD, DATA, SANDBOX):
        assert account in str(caught.value)


def test_a_key_is_known_with_its_user(stage: Stage) -> None:
    """A key's target begins with its user's id, so that protecting the user protects the key."""
    key = stage.world.user_keys["ci-deploy"].id
    found = resolved(stage, "aws.access_key", key)
    user = resolved(stage, "aws.user", "ci-deploy")
    assert found.id == key
    assert user.target.key in {target.key for target in touched(found.target)}


def test_other_types_are_resolved_too(stage: Stage) -> None:
    """Groups, applications, regions, accounts and machines."""
    assert resolved(stage, "okta.group", "contractors").id.startswith("00g")
    assert resolved(stage, "okta.app", "GitHub").id.startswith("0oa")
    assert resolved(stage, "aws.region", "us-east-1").id == "us-east-1"
    assert resolved(stage, "aws.account", PROD).target.key == f"aws:{PROD}/aws.account/{PROD}"
    arn = stage.machine("web-1")
    by_id = resolved(stage, "aws.instance", arn.rpartition("/")[2])
    assert by_id == resolved(stage, "aws.instance", arn)
    assert by_id.id == arn


def test_all_accounts_are_the_pinned_ones(stage: Stage) -> None:
    """`all` is never more than what the workspace names."""

    async def work(hands: Hands) -> list[str]:
        found = await resolve_list("aws.account", "all", hands.readers)
        chosen = await resolve_list("aws.account", [DATA], hands.readers)
        assert [item.id for item in chosen] == [DATA]
        with pytest.raises(IrkitError, match="IRK272"):
            await resolve_list("okta.user", "all", hands.readers)
        return [item.id for item in found]

    assert stage.do(work) == [PROD, DATA, SANDBOX]


def test_a_type_without_meaning_or_connection_is_said(stage: Stage) -> None:
    """Text needs no provider, and a provider that is missing is named."""
    with pytest.raises(IrkitError, match="IRK272"):
        resolved(stage, "text", "x")

    async def work(_: Hands) -> None:
        with pytest.raises(IrkitError, match="IRK273"):
            await resolve("okta.user", "x", Readers())

    stage.do(work)


def test_protecting_a_group_protects_its_members(stage: Stage) -> None:
    """Break-glass accounts are protected as users, whatever group they are in later."""
    assert expanded(stage, "okta.group", "break-glass") == {
        "break-glass",
        "ada.break@acme.example",
        "bo.break@acme.example",
    }
    assert "kai.contractor@acme.example" in expanded(stage, "okta.group", "contract*")


def test_patterns_of_roles_reach_every_account(stage: Stage) -> None:
    """`irkit-*` is irkit's own roles everywhere."""
    assert len(expanded(stage, "aws.role", "irkit-*")) == 6
    assert len(expanded(stage, "aws.role", "OrganizationAccountAccessRole")) == 2
    assert expanded(stage, "aws.user", f"arn:aws:iam::{PROD}:user/ci-*") == {
        f"arn:aws:iam::{PROD}:user/ci-deploy"
    }
    assert expanded(stage, "okta.user", "*.BREAK@*") == {
        "ada.break@acme.example",
        "bo.break@acme.example",
    }
    assert expanded(stage, "okta.user", VICTIM) == {VICTIM}
    assert expanded(stage, "aws.account", "1111*") == {PROD}


def test_what_cannot_be_protected_is_said(stage: Stage) -> None:
    """A `protect` line that protects nothing is an error."""
    with pytest.raises(IrkitError, match="IRK272"):
        expanded(stage, "aws.region", "us-*")


def test_a_run_knows_everything_it_stands_on(stage: Stage) -> None:
    """The token and its owner, the entry user and its key, and both roles of every account."""

    async def work(hands: Hands) -> tuple[Target, ...]:
        return await own_identities(hands.readers)

    own = stage.do(work)
    labels = {target.label for target in own}
    assert "irkit.responder@acme.example" in labels
    for account in (PROD, DATA, SANDBOX):
        assert f"arn:aws:iam::{account}:role/irkit-read" in labels
        assert f"arn:aws:iam::{account}:role/irkit-write" in labels
    assert f"arn:aws:iam::{PROD}:user/irkit-breakglass" in labels
    kinds = [target.kind for target in own]
    assert kinds.count("aws.access_key") == 1
    assert kinds.count("okta.api_token") == 1


def test_own_identities_are_the_targets_that_actions_name(stage: Stage) -> None:
    """The self-lockout guard compares like with like."""

    async def work(hands: Hands) -> None:
        own = {target.key for target in await own_identities(hands.readers)}
        key = stage.world.aws_key.id
        found = await resolve("aws.access_key", key, hands.readers)
        role = await resolve("aws.role", f"arn:aws:iam::{DATA}:role/irkit-write", hands.readers)
        assert {found.target.key, role.target.key} <= own

    stage.do(work)


def test_super_admins_are_the_active_ones_direct_and_through_groups() -> None:
    """A suspended administrator does not count, one through a group does."""
    with staged() as stage:
        world = stage.world

        async def work(hands: Hands) -> set[str]:
            group = world.okta_ids.groups["executives"]
            await hands.writers.okta.send(
                "POST", f"/api/v1/groups/{group}/roles", body={"type": "SUPER_ADMIN"}
            )
            sasha = world.okta_ids.users["sasha.novak@acme.example"]
            user = world.okta.tables.users[sasha]
            assert user.status is UserStatus.ACTIVE
            await hands.writers.okta.send("POST", f"/api/v1/users/{sasha}/lifecycle/suspend")
            return {target.label for target in await super_admins(hands.readers)}

        assert stage.do(work) == {
            "irkit.responder@acme.example",
            "ada.break@acme.example",
            "bo.break@acme.example",
            "rita.gomes@acme.example",
            "theo.brandt@acme.example",
        }
