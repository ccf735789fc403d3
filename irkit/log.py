"""The developers' log: structlog to standard error, silent unless `IRKIT_LOG` is set.

Event names are `noun.verb`, values are keys. It is neither the trail, which is evidence, nor what
responders read; nothing goes to two of them by one call. A `Secret` shows as its mask here too.
structlog is imported only when the log is wanted: it costs a tenth of a second.
"""

import sys
from typing import Protocol


class Logger(Protocol):
    """What code may say to the log."""

    def debug(self, event: str, **values: object) -> object:
        """Say what is being done."""

    def warning(self, event: str, **values: object) -> object:
        """Say what a developer should look at."""

    def bind(self, **values: object) -> "Logger":
        """Return a logger that adds `values` to whatever it says."""


class Silence:
    """The log nobody reads."""

    def debug(self, event: str, **values: object) -> None:
        """Say nothing."""

    def warning(self, event: str, **values: object) -> None:
        """Say nothing."""

    def bind(self, **values: object) -> "Silence":  # noqa: ARG002  # there is nothing to add to
        """Return itself."""
        return self


class _Current:
    logger: Logger = Silence()


def logger() -> Logger:
    """Return the log as it is set at this moment."""
    return _Current.logger


def to_stderr(**values: object) -> None:
    """Write the log to standard error from here on, one line an event, with `values` in each."""
    import structlog  # noqa: PLC0415  # slow to import, and rarely wanted

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _Current.logger = structlog.get_logger().bind(**values)


def silent() -> None:
    """Write nothing from here on."""
    _Current.logger = Silence()
