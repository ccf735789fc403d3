"""Clients are shared by all accounts, and each call is signed with its own credentials."""

import threading

import pytest

from irkit.providers.aws.backend import Keys
from irkit.providers.aws.clients import Clients, KeysInUse
from irkit.secret import Secret


def keys(name: str) -> Keys:
    """Return credentials with that id."""
    return Keys(key_id=name, secret_key=Secret("not a real one"))


def test_each_thread_signs_with_the_credentials_of_its_own_call() -> None:
    """Calls that are made at once, through one client, do not get into each other's way."""
    in_use, together = KeysInUse(), threading.Barrier(8)
    signed: dict[str, str] = {}

    def call(name: str) -> None:
        with in_use.of(keys(name)):
            together.wait(10)
            signed[name] = in_use.get_frozen_credentials().access_key

    threads = [threading.Thread(target=call, args=(f"AKIA{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert signed == {f"AKIA{number}": f"AKIA{number}" for number in range(8)}


def test_nothing_is_signed_outside_a_call() -> None:
    """When a call is over, or fails, its credentials are gone from the thread."""
    in_use = KeysInUse()
    with pytest.raises(ValueError, match="it broke"), in_use.of(keys("AKIA0")):
        raise ValueError("it broke")
    with pytest.raises(RuntimeError, match="outside a call"):
        in_use.get_frozen_credentials()


def test_one_client_is_made_for_each_service_and_region() -> None:
    """However many accounts ask, so that their number costs no memory."""
    made: list[tuple[str, str]] = []

    def make(service: str, region: str) -> object:
        made.append((service, region))
        return object()

    clients = Clients(make)
    first = clients.get("ec2", "us-east-1")
    assert clients.get("ec2", "us-east-1") is first
    assert clients.get("ec2", "eu-west-1") is not first
    assert made == [("ec2", "us-east-1"), ("ec2", "eu-west-1")]
