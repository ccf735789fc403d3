"""A simulated AWS for a test of its own, or one that a module's tests share."""

from collections.abc import Iterator

import pytest
from aws_harness import Aws


@pytest.fixture
def aws() -> Iterator[Aws]:
    """A fresh AWS for one test."""
    running = Aws()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[Aws]:
    """One AWS for the tests of a module that only look, or use names of their own."""
    running = Aws()
    yield running
    running.stop()
