"""Whatever goes wrong with a write: success means it was made, a definite failure that it was not.

Each fault of the world meets each kind of write once. What comes of it is compared with the world
itself, which knows what really happened.
"""

import pytest
from stage import PROD, VICTIM, Hands, changing, staged

from irkit.actions.base import Action
from irkit.canonical import thaw
from irkit.model.change import Change
from irkit.providers.call import CallError
from irkit.providers.retry import Patience
from irkit.world.faults import Fault, FaultKind

SUSPEND = ("okta.user.suspend", {"user": VICTIM}, "okta", "*lifecycle/suspend")
QUARANTINE = (
    "aws.iam_user.quarantine",
    {"user": f"arn:aws:iam::{PROD}:user/ci-deploy"},
    "aws",
    "iam:PutUserPolicy",
)
NO_READS = frozenset({FaultKind.UNKNOWN_ENUM, FaultKind.STALE_READ, FaultKind.SLOW_DRIP})
FAULTS = [
    (kind, applied)
    for kind in FaultKind
    if kind not in NO_READS
    for applied in (False, True)
    if not applied or kind.startswith("server_error")
]


async def look(hands: Hands, action: Action, change: Change) -> object:
    """Return the state of the change's target."""
    return thaw(action.state(await action.probe(hands.readers), change.target))


@pytest.mark.parametrize("subject", [SUSPEND, QUARANTINE], ids=lambda subject: subject[0])
def test_no_fault_is_taken_for_what_it_is_not(
    subject: tuple[str, dict[str, str], str, str],
) -> None:
    """For every fault: never a false success, never a definite failure that took effect."""
    name, arguments, provider, operation = subject
    action = changing(name, **arguments)
    with staged() as stage:

        async def work(hands: Hands) -> list[str]:
            (change,) = action.plan(await action.probe(hands.readers))
            wrong: list[str] = []
            for kind, applied in FAULTS:
                if kind is FaultKind.CREDENTIALS_EXPIRE:
                    continue
                stage.world.faults.clear()
                stage.world.faults.add(
                    Fault(
                        kind=kind,
                        provider=provider,
                        operation=operation,
                        applied=applied,
                        seconds=3,
                    )
                )
                try:
                    applied_ = await action.apply(change, hands.readers, hands.writers)
                    expected = [thaw(change.after)]
                except CallError as error:
                    both = [thaw(change.before), thaw(change.after)]
                    expected = both[:1] if error.outcome.definite else both
                    applied_ = None
                assert stage.world.faults.fired(), kind
                stage.world.faults.clear()
                found = await look(hands, action, change)
                if found not in expected:
                    wrong.append(f"{kind} applied={applied}: {found}")
                if found == thaw(change.after):
                    made = applied_ or action.adopt(change, await action.probe(hands.readers))
                    await action.undo(change, made, hands.readers, hands.writers)
            return wrong

        assert stage.do(work, patience=Patience(attempts=2, first_pause=0.01)) == []


def test_credentials_that_end_in_the_middle_are_a_definite_refusal() -> None:
    """A token that dies during a run changes nothing, and says so."""
    action = changing("okta.user.suspend", user=VICTIM)
    with staged() as stage:

        async def work(hands: Hands) -> None:
            (change,) = action.plan(await action.probe(hands.readers))
            stage.world.faults.add(
                Fault(kind=FaultKind.CREDENTIALS_EXPIRE, provider="okta", operation="POST *")
            )
            with pytest.raises(CallError) as caught:
                await action.apply(change, hands.readers, hands.writers)
            assert caught.value.outcome.definite
            assert caught.value.status == 401

        stage.do(work)
        assert stage.world.okta.tables.users[stage.user()].status == "ACTIVE"


@pytest.mark.parametrize("provider", ["okta", "aws"])
def test_a_dead_provider_is_not_sent_to(provider: str) -> None:
    """When nothing listens, a write was not sent, and may be sent again."""
    subject = SUSPEND if provider == "okta" else QUARANTINE
    action = changing(subject[0], **subject[1])
    with staged() as stage:

        async def work(hands: Hands) -> None:
            (change,) = action.plan(await action.probe(hands.readers))
            proxy = stage.world.okta_proxy if provider == "okta" else stage.world.aws_proxy
            proxy.set_dead(True)
            with pytest.raises(CallError) as caught:
                await action.apply(change, hands.readers, hands.writers)
            proxy.set_dead(False)
            assert not caught.value.outcome.definite or caught.value.outcome == "not_sent"
            assert await look(hands, action, change) == thaw(change.before)

        stage.do(work, patience=Patience(attempts=3, first_pause=0.01))
