"""Intrusions beyond those of `intruder` and `planting`, told by name: one file each.

A story is played into a world that runs: real requests by the intruder, made while the clock is set
back, so that the logs tell it to whoever reads them; and what the company had before it, which lies
in the accounts without a log.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.world.stories import (
    breached_provider,
    ci_secret_leak,
    cloud_ransomware,
    contractor_offboarding,
    crypto_mining,
    mfa_fatigue,
    public_exposure,
    root_login,
    session_theft,
)
from irkit.world.stories.ground import Ground

_STORIES: Final[Mapping[str, Callable[[Ground], None]]] = MappingProxyType(
    {
        "breached-identity-provider": breached_provider.play,
        "ci-secret-leak": ci_secret_leak.play,
        "cloud-ransomware": cloud_ransomware.play,
        "contractor-offboarding": contractor_offboarding.play,
        "crypto-mining": crypto_mining.play,
        "mfa-fatigue": mfa_fatigue.play,
        "public-exposure": public_exposure.play,
        "public-log": public_exposure.play_log,
        "root-login": root_login.play,
        "root-login-hiding": root_login.play_hiding,
        "session-theft": session_theft.play,
    }
)
NAMES: Final = tuple(_STORIES)
"""The stories there are."""


def tell(ground: Ground, name: str) -> None:
    """Play the story called `name`.

    Raises:
        IrkitError: if there is no such story (IRK801).
    """
    story = _STORIES.get(name)
    if story is None:
        raise IrkitError(
            Diagnostic(
                code="IRK801",
                summary=f"the world knows no story called `{name}`",
                help=f"use one of: {', '.join(NAMES)}",
            )
        )
    story(ground)
