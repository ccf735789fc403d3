"""A simulated org for each test, at one address for all of them."""

from collections.abc import Iterator

import pytest
from okta_org import Org


@pytest.fixture(scope="session")
def running() -> Iterator[Org]:
    """The org that is served on loopback behind its proxy."""
    org = Org()
    yield org
    org.stop()


@pytest.fixture
def org(running: Org) -> Org:
    """A fresh org."""
    running.renew()
    return running
