"""The SDK's clients: one for each service and region, whichever account a call is for.

A client of EC2 takes 1.5 MB, some 15 ms to make, and connections of its own. A sweep over fifty
accounts and twenty regions would need two thousand of them. So the accounts share clients, and a
call is signed with the credentials that stand in the thread that makes it; a thread in which none
stand cannot sign.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from irkit.providers.aws.backend import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """What botocore signs one request with, under the names it knows."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)
    account_id: None = None


class KeysInUse:
    """Credentials as botocore asks for them: those of the call that the asking thread makes."""

    method = "irkit"
    account_id: None = None

    def __init__(self) -> None:
        """Start with none in any thread."""
        self._thread = threading.local()

    @contextmanager
    def of(self, keys: Keys) -> Iterator[None]:
        """Let this thread sign with `keys`, and with nothing afterwards."""
        self._thread.keys = keys
        try:
            yield
        finally:
            del self._thread.keys

    def load_credentials(self) -> "KeysInUse":
        """Return these: botocore's session takes them for its own."""
        return self

    def get_frozen_credentials(self) -> SigningKeys:
        """Return the credentials to sign with.

        Raises:
            RuntimeError: if this thread makes no call.
        """
        keys: Keys | None = getattr(self._thread, "keys", None)
        if keys is None:
            raise RuntimeError("nothing is signed outside a call")
        token = keys.session_token
        return SigningKeys(
            access_key=keys.key_id,
            secret_key=keys.secret_key.reveal(),
            token=token.reveal() if token else None,
        )

    def get_deferred_property(self, name: str) -> Callable[[], None]:  # noqa: ARG002  # botocore's
        """Return that a property which would change the address of a call is not known."""
        return lambda: None


class Clients:
    """Makes clients under a lock, because making them is not thread-safe, and keeps them."""

    def __init__(self, make: Callable[[str, str], Any]) -> None:
        """Make a client of a service in a region with `make`."""
        self._make = make
        self._kept: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str) -> Any:
        """Return the client of a service in a region."""
        with self._lock:
            if (service, region) not in self._kept:
                self._kept[service, region] = self._make(service, region)
            return self._kept[service, region]

    def close(self) -> None:
        """Close the connections of all clients."""
        with self._lock:
            for client in self._kept.values():
                client.close()
            self._kept.clear()
