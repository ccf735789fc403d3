"""The simulated AWS as one object: start it, read its URL, look inside, stop it."""

from collections.abc import Mapping
from typing import Self

from irkit.canonical import Json
from irkit.clock import Clock
from irkit.world.aws.cloud import Account, Cloud, Knobs, make_cloud
from irkit.world.aws.pipeline import Pipeline
from irkit.world.aws.restorable import restorable
from irkit.world.aws.server import AwsServer
from irkit.world.calls import CallLog
from irkit.world.faults import FaultPlan
from irkit.world.proxy import FaultProxy


class AwsSimulator:
    """A simulated AWS organization behind an HTTP server and a fault proxy."""

    def __init__(
        self,
        *,
        accounts: tuple[Account, ...],
        outside: tuple[Account, ...] = (),
        clock: Clock,
        seed: int = 7,
        calls: CallLog | None = None,
        faults: FaultPlan | None = None,
        knobs: Knobs | None = None,
        port: int = 0,
    ) -> None:
        """Make an empty organization; the first of `accounts` is the management account.

        `outside` are accounts of other people.
        """
        self.cloud: Cloud = make_cloud(
            seed=seed, clock=clock, accounts=accounts, outside=outside, knobs=knobs or Knobs()
        )
        self.calls = calls or CallLog()
        self.faults = faults or FaultPlan()
        self._server = AwsServer(Pipeline(cloud=self.cloud, calls=self.calls, faults=self.faults))
        self.proxy = FaultProxy("127.0.0.1", self._server.port, port=port)

    @property
    def url(self) -> str:
        """The base URL for clients: the proxy's, so that faults on the wire happen."""
        return self.proxy.url

    @property
    def failures(self) -> tuple[str, ...]:
        """Tracebacks of requests that broke the simulator itself; there should be none."""
        return tuple(self._server.failures)

    def start(self) -> Self:
        """Answer requests from now on."""
        self._server.start()
        self.proxy.start()
        return self

    def stop(self) -> None:
        """Stop serving and forget all state."""
        self.proxy.stop()
        self._server.stop()
        self.cloud.moto.discard()

    def restorable(self) -> Mapping[str, Json]:
        """Return the state that undo must restore."""
        return restorable(self.cloud)

    def log_files(self, account: str) -> Mapping[str, bytes]:
        """Return CloudTrail's log files of an account, gzipped, by their S3 key."""
        return self.cloud.events.log_files(account)
