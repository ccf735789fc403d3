"""Policy, roles and pins: what an approval is made under."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_text import LIVE, decoded

from irkit.canonical import canonical
from irkit.diagnostics import IrkitError
from irkit.model.playbook import Approval
from irkit.model.quorum import Need
from irkit.model.spec import Blast, Reversal
from irkit.workspace import approvers, lock, policy
from irkit.workspace.lock import Pin
from irkit.workspace.policy import Policy, strictest

ROLES = """\
irkit: 1
roles:
  ir-oncall: [alice@acme, bob@acme]
  ir-lead: bob@acme
people:
  bob@acme: {name: Bob, reach: "+49 30 1", depends_on_idp: true}
"""
PIN = Pin(kind="aws.role", pattern="ir-*", tenant="aws:012345678901", id="AROA1", label="ir-read")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a workspace with signers, roles and a pin."""
    (tmp_path / "approvers").mkdir()
    (tmp_path / "irkit.yaml").write_text(LIVE)
    (tmp_path / "approvers" / "allowed_signers").write_text(
        "# people\n\nalice@acme,al@acme ssh-ed25519 AAAA\n  bob@acme ssh-ed25519 BBBB  \n"
    )
    (tmp_path / "approvers" / "roles.yaml").write_text(ROLES)
    (tmp_path / "protect.lock").write_text(lock.encode([PIN]))
    return tmp_path


@pytest.fixture
def rules(root: Path) -> Policy:
    """Return the policy of that workspace."""
    return policy.load(decoded(LIVE, root), ("trail-key",))


def test_the_policy_is_read_from_its_files(rules: Policy) -> None:
    """Signers without comments, roles, pins, limits and keys."""
    assert rules.signers == ("alice@acme,al@acme ssh-ed25519 AAAA", "bob@acme ssh-ed25519 BBBB")
    assert rules.principals() == ("alice@acme", "al@acme", "bob@acme")
    assert rules.roles_of("bob@acme") == ("ir-oncall", "ir-lead")
    assert rules.roles_of("mallory") == ()
    assert rules.people["bob@acme"].depends_on_idp
    assert rules.pins == (PIN,)
    assert rules.limits["okta.user"] == 25


def test_a_workspace_without_files_has_an_empty_policy(tmp_path: Path) -> None:
    """Before anyone is enrolled nobody can approve."""
    found = policy.load(decoded(LIVE, tmp_path), ())
    assert (found.signers, found.roles, found.pins) == ((), {}, ())


def test_signers_that_cannot_be_read_are_an_error(root: Path) -> None:
    """Bytes that are no text stop the policy."""
    (root / "approvers" / "allowed_signers").write_bytes(b"\xff")
    with pytest.raises(IrkitError, match="IRK160"):
        policy.load(decoded(LIVE, root), ())


def test_the_digest_covers_every_rule(rules: Policy) -> None:
    """Whatever changes who may do what changes the digest."""
    approval_rules = rules.approvals
    changed = [
        replace(rules, mode="drill"),
        replace(rules, signers=rules.signers[:1]),
        replace(rules, roles={**rules.roles, "ir-lead": ("alice@acme",)}),
        replace(rules, protect=rules.protect[:1]),
        replace(rules, pins=()),
        replace(rules, limits={}),
        replace(rules, trail_keys=("other",)),
        replace(rules, approvals=replace(approval_rules, alone=None)),
        replace(rules, approvals=replace(approval_rules, change=None)),
        replace(rules, approvals=replace(approval_rules, user_presence=False)),
        replace(rules, approvals=replace(approval_rules, user_verification=False)),
        replace(rules, approvals=replace(approval_rules, webauthn_origins=())),
        replace(
            rules,
            approvals=replace(
                approval_rules, blast={**approval_rules.blast, Blast.ORG: Need(need=1)}
            ),
        ),
    ]
    digests = {rules.digest, *(item.digest for item in changed)}
    assert len(digests) == len(changed) + 1
    assert all(canonical(item.to_json()) for item in changed)


def test_what_is_no_rule_does_not_change_the_digest(rules: Policy) -> None:
    """The order of a role's members, and how to reach people."""
    turned = {role: tuple(reversed(members)) for role, members in rules.roles.items()}
    assert replace(rules, roles=turned, people={}).digest == rules.digest


def test_the_strictest_of_classes_and_playbook_holds(rules: Policy) -> None:
    """The highest count, every exclusion, the shortest time, the roles all allow."""
    approval = Approval(
        name="one",
        need=1,
        roles=("ir-oncall", "ir-lead"),
        exclude_requester=True,
        valid=timedelta(minutes=5),
    )
    assert rules.effective_need(Reversal.EXACT, Blast.ACCOUNT, approval) == Need(
        need=2, roles=("ir-lead",), exclude_requester=True, valid=timedelta(minutes=5)
    )
    assert rules.effective_need(Reversal.DESTRUCTIVE, Blast.PRINCIPAL, approval).valid == timedelta(
        minutes=5
    )
    assert rules.effective_need(Reversal.ADDITIVE, Blast.PRINCIPAL, None) == Need(need=0)
    assert rules.effective_need(Reversal.READ, Blast.ORG, None) == Need(need=2)


def test_roles_that_never_meet_leave_the_policys() -> None:
    """A playbook cannot lift what the policy asks."""
    assert strictest([Need(need=1, roles=("a",)), Need(need=1, roles=("b",))]).roles == ("a",)


_NEEDS = st.builds(
    Need,
    need=st.integers(0, 4),
    roles=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
    exclude_requester=st.booleans(),
    valid=st.none() | st.integers(1, 60).map(lambda minutes: timedelta(minutes=minutes)),
)


@given(st.lists(_NEEDS, max_size=4))
def test_the_strictest_need_is_never_weaker_than_any(needs: list[Need]) -> None:
    """For count, exclusion and time of each rule that asks for anybody."""
    result = strictest(needs)
    assert result.need == max((need.need for need in needs), default=0)
    for need in needs:
        assert result.exclude_requester >= need.exclude_requester
        if need.valid is not None and need.need:
            assert result.valid is not None
            assert result.valid <= need.valid


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("irkit: 1\n", "IRK104"),
        ("irkit: 3\nroles: {}\n", "IRK110"),
        ("irkit: 1\nroles: []\n", "IRK103"),
        ("irkit: 1\nroles: {Bad Role: [a]}\n", "IRK107"),
        ('irkit: 1\nroles: {lead: ["a b"]}\n', "IRK167"),
        ('irkit: 1\nroles: {lead: ["a,b"]}\n', "IRK167"),
        ("irkit: 1\nroles: {}\npeople: {a: 1}\n", "IRK103"),
        ("irkit: 1\nroles: {}\npeople: {a: {phone: 1}}\n", "IRK101"),
        ("irkit: 1\nroles: {}\nmore: 1\n", "IRK101"),
        ("[]", "IRK103"),
        ("", "IRK012"),
    ],
)
def test_bad_roles_are_refused(text: str, code: str, tmp_path: Path) -> None:
    """Each mistake has its code, and loading raises it."""
    found = approvers.decode(text.encode(), "roles.yaml")
    assert found[0] is None
    assert code in [d.code for d in found[1]]
    (tmp_path / "roles.yaml").write_text(text)
    with pytest.raises(IrkitError, match=code):
        approvers.load(tmp_path / "roles.yaml")


def test_files_that_are_directories_are_errors(tmp_path: Path) -> None:
    """What cannot be read is never taken as absent."""
    with pytest.raises(IrkitError, match="IRK160"):
        approvers.load(tmp_path)
    with pytest.raises(IrkitError, match="IRK160"):
        lock.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("irkit: 1\n", "IRK104"),
        ("irkit: 2\npins: []\n", "IRK110"),
        ("irkit: 1\npins: [x]\n", "IRK103"),
        ("irkit: 1\npins: [{kind: a}]\n", "IRK104"),
        ("irkit: 1\npins: []\nmore: 1\n", "IRK101"),
    ],
)
def test_a_bad_lock_is_refused(text: str, code: str, tmp_path: Path) -> None:
    """A damaged lock must not read as protecting nothing."""
    (tmp_path / "protect.lock").write_text(text)
    with pytest.raises(IrkitError, match=code):
        lock.load(tmp_path / "protect.lock")


_TEXTS = st.text(max_size=12)
_PINS = st.builds(Pin, kind=_TEXTS, pattern=_TEXTS, tenant=_TEXTS, id=_TEXTS, label=_TEXTS)


@given(st.lists(_PINS))
def test_pins_are_read_back_whatever_names_an_intruder_chose(pins: list[Pin]) -> None:
    """In a fixed order, once each; what cannot be seen is replaced, never lost."""
    text = lock.encode(pins)
    found, problems = lock.decode(text.encode(), "protect.lock")
    assert problems == ()
    assert found is not None
    assert lock.encode(found) == lock.encode(reversed(found))
    seen = {pin.id for pin in pins if pin.id.isprintable()}
    assert seen <= {pin.id for pin in found}
    assert lock.decode(lock.encode(found).encode(), "protect.lock") == (found, ())
