"""Who works in the laboratory, and how fast it all goes there."""

from collections.abc import Mapping
from datetime import timedelta

from irkit.engine.context import Pace

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "alice@acme.example": ("ir-oncall", "ir-lead"),
    "bob@acme.example": ("ir-lead", "identity-owner"),
}
REQUESTER = "dana@acme.example"
FAST = Pace(
    looks=(timedelta(milliseconds=50), timedelta(milliseconds=100)),
    poll=timedelta(milliseconds=50),
    offer_within=timedelta(seconds=3),
    verify_every=timedelta(milliseconds=50),
    in_doubt_wait=timedelta(milliseconds=50),
    visible_within=timedelta(seconds=3),
)
