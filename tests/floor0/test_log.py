"""The developers' log."""

import sys

import pytest

from irkit import log
from irkit.secret import Secret


def test_nothing_is_said_until_somebody_asks(capfd: pytest.CaptureFixture[str]) -> None:
    """By default the log is silent and structlog is not even needed."""
    log.logger().bind(run="R").debug("command.started", key="x")
    assert capfd.readouterr() == ("", "")


def test_the_log_goes_to_standard_error_and_masks_secrets(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """One line an event, values as keys, and a secret by its type shows as its mask."""
    try:
        log.to_stderr(run="R1")
        log.logger().debug("call.answered", status=200, token=Secret("hunter2"))
    finally:
        log.silent()
    out, err = capfd.readouterr()
    assert out == ""
    assert "event='call.answered'" in err
    assert "run='R1'" in err
    assert "hunter2" not in err
    assert "structlog" in sys.modules
