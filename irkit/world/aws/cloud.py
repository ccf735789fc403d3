"""Everything the simulated AWS knows, in one value that handlers are given.

moto holds the resources; this holds what moto has not: the clock, sessions, event history, the
order of accounts and the knobs.
"""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar, cast

from moto.iam.models import IAMBackend, iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id

from irkit.clock import Clock
from irkit.model.access import Credential, Policies, Policy
from irkit.world.aws.call_limits import CallLimits
from irkit.world.aws.event_history import EventHistory
from irkit.world.aws.iam_view import PARTITION, AccessState, PrincipalView, read_state
from irkit.world.aws.moto_state import MotoState
from irkit.world.aws.propagation import Propagation
from irkit.world.aws.sessions import Session, SessionStore

T = TypeVar("T")

DEFAULT_LOOKUPS_PER_SECOND: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of the organization."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """How slow and how strict the simulated AWS is.

    Attributes:
        iam_delay: Until an IAM or organization change counts.
        event_lag: Until an event shows in the event history.
        lookups_per_second: LookupEvents calls a second, per account and region; 0 for no limit.
    """

    iam_delay: timedelta = timedelta()
    event_lag: timedelta = timedelta()
    lookups_per_second: float = DEFAULT_LOOKUPS_PER_SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a call: the credential, and the session it belongs to if it is temporary."""

    credential: Credential
    session: Session | None = None

    @property
    def account(self) -> str:
        """The caller's account."""
        return self.credential.account


@dataclass(slots=True, kw_only=True)
class Cloud:
    """The simulated AWS. Use it inside `with cloud.moto:`.

    `accounts` are the organization; `outside` are accounts of other people.
    """

    seed: int
    clock: Clock
    accounts: tuple[Account, ...]
    outside: tuple[Account, ...]
    moto: MotoState
    sessions: SessionStore
    events: EventHistory
    propagation: Propagation
    limits: CallLimits = field(default_factory=CallLimits)
    expired_keys: set[str] = field(default_factory=set)
    randomness: random.Random = field(default_factory=random.Random)
    stores: dict[type, object] = field(default_factory=dict)

    @property
    def management(self) -> str:
        """The id of the management account, which is the first one."""
        return self.accounts[0].id

    @property
    def account_ids(self) -> tuple[str, ...]:
        """The ids of the organization's accounts, the management account first."""
        return tuple(account.id for account in self.accounts)

    @property
    def every_account_id(self) -> tuple[str, ...]:
        """The ids of all accounts, those of other people too."""
        return (*self.account_ids, *(account.id for account in self.outside))

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock()

    def new_id(self) -> str:
        """Return a new UUID from the world's own randomness."""
        return str(uuid.UUID(int=self.randomness.getrandbits(128), version=4))

    def new_user_id(self, account: str) -> str:
        """Return a new unique id for an IAM user of `account`."""
        user_id: str = generate_access_key_id_from_account_id(account, "AIDA", 21)
        return user_id

    def iam(self, account: str) -> IAMBackend:
        """Return moto's IAM of `account`."""
        return iam_backends[account][PARTITION]

    def own(self, kind: type[T]) -> T:
        """Return this world's one value of a type: the state of a service that moto has not."""
        return cast("T", self.stores.setdefault(kind, kind()))

    def present(self) -> AccessState:
        """Return the access state as IAM shows it."""
        return read_state(self.every_account_id, self.management)

    def effective(self) -> AccessState:
        """Return the access state that counts now, which may lag behind."""
        return self.propagation.effective(self.present)


def make_cloud(
    *,
    seed: int,
    clock: Clock,
    accounts: tuple[Account, ...],
    outside: tuple[Account, ...],
    knobs: Knobs,
) -> Cloud:
    """Return an AWS with nothing in it yet."""
    return Cloud(
        seed=seed,
        clock=clock,
        accounts=accounts,
        outside=outside,
        moto=MotoState(seed, clock),
        sessions=SessionStore(seed),
        events=EventHistory(
            clock=clock, lag=knobs.event_lag, lookups_per_second=knobs.lookups_per_second
        ),
        propagation=Propagation(clock, knobs.iam_delay),
        randomness=random.Random(f"{seed}/aws"),  # noqa: S311  # ids must repeat by seed
    )


def policies_for(state: AccessState, caller: Caller) -> Policies:
    """Return everything that bears on `caller`'s requests."""
    principal = principal_of(state, caller)
    session = caller.session
    return Policies(
        identity=principal.policies if principal else (),
        boundary=principal.boundary if principal else None,
        session=session.policies if session else None,
        scps=_bound_by(state.scps, caller.account, principal),
    )


def principal_of(state: AccessState, caller: Caller) -> PrincipalView | None:
    """Return the user or role behind `caller`, or None if it does not exist any more."""
    if caller.credential.is_root:
        return root_view(caller.account)
    view = state.accounts.get(caller.account)
    if view is None:
        return None
    if caller.session is None:
        return view.users.get(caller.credential.name)
    holders = view.roles if caller.credential.is_role else view.users
    found = holders.get(caller.session.holder_name)
    return found if found and found.id == caller.session.holder else None


def root_view(account: str) -> PrincipalView:
    """Return the root user of an account, whom only service control policies bind."""
    return PrincipalView(name="root", id=account, arn=f"arn:aws:iam::{account}:root", policies=())


def _bound_by(
    scps: Mapping[str, tuple[tuple[Policy, ...], ...]],
    account: str,
    principal: PrincipalView | None,
) -> tuple[tuple[Policy, ...], ...]:
    if principal is not None and principal.service_linked:
        return ()
    return scps.get(account, ())
