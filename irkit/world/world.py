"""One world: a company's Okta and AWS, running, with everything a test or drill needs to hold.

    with World.start() as world:
        world.plant_intruder()
        ...

Ids, keys and ports depend on the seed and the arguments only; signatures and times do not.
"""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Final, Self, TypedDict, Unpack

from moto.iam.models import AccessKey

from irkit.canonical import Json, canonical
from irkit.clock import Clock, system_clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws import cloud as aws_cloud
from irkit.world.aws.cloud import Account
from irkit.world.aws.simulator import AwsSimulator
from irkit.world.aws_query import AwsKey
from irkit.world.calls import CallLog
from irkit.world.faults import FaultPlan
from irkit.world.fixtures import load_fixture
from irkit.world.fixtures.build_aws import build_aws
from irkit.world.fixtures.build_okta import OktaIds, build_okta
from irkit.world.fixtures.model import Fixture
from irkit.world.intruder import Planting
from irkit.world.okta.pipeline import OktaWorld
from irkit.world.okta.saml import entity_id, metadata
from irkit.world.okta.server import OktaServer
from irkit.world.okta.state import OktaState
from irkit.world.planting import plant
from irkit.world.proxy import FaultProxy
from irkit.world.seats import Seat, Seats
from irkit.world.stories import tell
from irkit.world.world_clock import WorldClock

ENTRY_USER: Final = "irkit-breakglass"
"""The IAM user by which irkit enters: it may assume `irkit-read` and `irkit-write` everywhere."""

BREAK_GLASS: Final = "break-glass"
"""The group of Okta accounts for when nothing else works."""

_AT_ONCE: Final = timedelta()


class Knobs(TypedDict, total=False):
    """How a world behaves, where it is not to behave as usual.

    Keys:
        users: People in the `generated` fixture (10,000).
        accounts: AWS accounts in the `generated` fixture (3).
        clock: The clock the world follows (the machine's).
        iam_delay: Until an IAM change counts (at once).
        event_lag: Until an event shows in CloudTrail's event history (at once).
        lookups_per_second: LookupEvents calls a second, per account and region (2; 0 for no limit).
        log_lag: Until an event shows in Okta's System Log (at once).
        latency: Seconds that every Okta call takes (0).
    """

    users: int
    accounts: int
    clock: Clock
    iam_delay: timedelta
    event_lag: timedelta
    lookups_per_second: float
    log_lag: timedelta
    latency: float


@dataclass(slots=True, kw_only=True)
class World:
    """A running world; make one with `World.start`.

    Attributes:
        fixture: The fixture it was made from.
        seed: What its ids derive from.
        clock: The clock both providers go by.
        calls: Every request either provider got.
        faults: What goes wrong.
        seats: What the intruder holds.
        bystanders: What innocent people hold, and must go on working.
        user_keys: The fixture's IAM users' keys, by user name.
        okta_ids: The ids of people, groups and applications by name.
        aws: The simulated AWS.
        okta_server: The simulated Okta.
    """

    fixture: str
    seed: int
    clock: WorldClock
    calls: CallLog
    faults: FaultPlan
    user_keys: Mapping[str, AwsKey]
    okta_ids: OktaIds
    aws: AwsSimulator
    okta_server: OktaServer
    seats: Seats = field(default_factory=Seats)
    bystanders: Seats = field(default_factory=Seats)

    @classmethod
    def start(
        cls,
        fixture: str = "acme-small",
        *,
        seed: int = 7,
        okta_port: int = 0,
        aws_port: int = 0,
        **knobs: Unpack[Knobs],
    ) -> Self:
        """Make a fixture real and serve it on loopback; port 0 is any free one.

        Raises:
            IrkitError: if there is no such fixture (IRK801), or a port is taken (IRK802).
        """
        _must_be_free(okta_port)
        _must_be_free(aws_port)
        content = load_fixture(
            fixture,
            users=knobs.get("users", 10_000),
            accounts=knobs.get("accounts", 0),
            seed=seed,
        )
        shared = _Shared(
            clock=WorldClock(knobs.get("clock", system_clock)), calls=CallLog(), faults=FaultPlan()
        )
        okta_server, okta_ids = _simulated_okta(content, shared, seed, knobs)
        aws = _simulated_aws(content, shared, seed, aws_port, knobs)
        with ExitStack() as undo:
            undo.callback(aws.stop)
            undo.callback(okta_server.stop)
            url = okta_server.start(okta_port)
            keys = build_aws(aws.cloud, content, _metadata(okta_server, okta_ids, url))
            aws.start()
            undo.pop_all()
        return cls(
            fixture=fixture,
            seed=seed,
            clock=shared.clock,
            calls=shared.calls,
            faults=shared.faults,
            user_keys={name: _as_key(key) for name, (key, *_) in keys.items()},
            okta_ids=okta_ids,
            aws=aws,
            okta_server=okta_server,
        )

    def stop(self) -> None:
        """Stop both providers and forget everything."""
        self.okta_server.stop()
        self.aws.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def okta(self) -> OktaState:
        """The org's state, for looking and seeding."""
        return self.okta_server.world.state

    @property
    def okta_url(self) -> str:
        """Okta's base URL."""
        return self.okta_server.url

    @property
    def aws_url(self) -> str:
        """The endpoint of every AWS service."""
        return self.aws.url

    @property
    def org_id(self) -> str:
        """The Okta org's id."""
        return self.okta.org_id

    @property
    def okta_token(self) -> Secret:
        """The responder's API token."""
        return Secret(self.okta_ids.responder_token)

    @property
    def aws_key(self) -> AwsKey:
        """The key of irkit's entry user in the first account."""
        return self.user_keys[ENTRY_USER]

    @property
    def break_glass(self) -> str:
        """The ARN of the user behind that key, who comes through no identity provider."""
        return f"arn:aws:iam::{self.accounts[0].id}:user/{ENTRY_USER}"

    @property
    def administrators(self) -> tuple[str, ...]:
        """The logins of the break-glass accounts of Okta."""
        tables = self.okta.tables
        members = tables.members.get(self.okta_ids.groups.get(BREAK_GLASS, ""), {})
        return tuple(sorted(tables.users[user].login for user in members))

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The AWS accounts, the management account first."""
        return self.aws.cloud.accounts

    @property
    def okta_proxy(self) -> FaultProxy:
        """The wire before Okta: `set_dead(True)` makes the identity provider unreachable."""
        return self.okta_server.proxy

    @property
    def aws_proxy(self) -> FaultProxy:
        """The wire before AWS."""
        return self.aws.proxy

    def restorable(self) -> bytes:
        """Return the state that undo must restore, of both providers, as canonical JSON."""
        content: Mapping[str, Json] = {
            "okta": self.okta_server.world.restorable(),
            "aws": self.aws.restorable(),
        }
        return canonical(content)

    def plant_intruder(self) -> Seats:
        """Play the intrusion of the last 90 minutes, and return what the intruder holds now."""
        Planting(self).play()
        return self.seats

    def plant_colleagues(self) -> Seats:
        """Let only the innocent work, and return what they hold now."""
        Planting(self).colleagues()
        return self.bystanders

    def plant(self, kind: CredentialKind) -> Seat:
        """Give the intruder one more credential, beyond those of the story.

        Raises:
            IrkitError: if there is no way to make one of this kind (IRK804).
        """
        return plant(self, kind)

    def tell(self, story: str) -> Seats:
        """Play a story of its own, and return what the intruder holds now.

        Raises:
            IrkitError: if there is no such story (IRK801).
        """
        tell(self, story)
        return self.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What both providers share."""

    clock: WorldClock
    calls: CallLog
    faults: FaultPlan


def _simulated_okta(
    content: Fixture, shared: _Shared, seed: int, knobs: Knobs
) -> tuple[OktaServer, OktaIds]:
    state = OktaState(seed=seed, clock=shared.clock)
    state.log.lag = knobs.get("log_lag", _AT_ONCE)
    ids = build_okta(state, content)
    operated = OktaWorld(
        state=state,
        calls=shared.calls,
        faults=shared.faults,
        latency=knobs.get("latency", 0.0),
    )
    return OktaServer(operated), ids


def _metadata(server: OktaServer, ids: OktaIds, url: str) -> str:
    """Return what AWS is told about the identity provider."""
    return metadata(entity_id(ids.aws_app), server.world.state.keys.certificate(), url)


def _as_key(key: AccessKey) -> AwsKey:
    return AwsKey(id=key.access_key_id, secret=Secret(key.secret_access_key))


def _simulated_aws(
    content: Fixture, shared: _Shared, seed: int, port: int, knobs: Knobs
) -> AwsSimulator:
    lookups = knobs.get("lookups_per_second", aws_cloud.DEFAULT_LOOKUPS_PER_SECOND)
    return AwsSimulator(
        accounts=content.accounts,
        outside=content.outside,
        clock=shared.clock,
        seed=seed,
        calls=shared.calls,
        faults=shared.faults,
        knobs=aws_cloud.Knobs(
            iam_delay=knobs.get("iam_delay", _AT_ONCE),
            event_lag=knobs.get("event_lag", _AT_ONCE),
            lookups_per_second=lookups,
        ),
        port=port,
    )


def _must_be_free(port: int) -> None:
    """Refuse a port that somebody listens on, before anything has been started."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise IrkitError(
                Diagnostic(
                    code="IRK802",
                    summary=f"the world cannot listen on port {port}: {error.strerror}",
                    help="stop what listens there, or give another port",
                )
            ) from error
