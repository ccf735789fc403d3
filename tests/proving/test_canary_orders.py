"""What a canary is told to do, and when it may not be let out."""

from datetime import datetime

import pytest
from proving_text import reader

from irkit.diagnostics import Diagnostic
from irkit.proving.canary.orders import Orders, decode_canary
from irkit.proving.canary.quiet import QuietHours
from irkit.world.fixtures.acme_small import PROD

USER = f"arn:aws:iam::{PROD}:user/canary-leaked"
LOGIN = "canary.user@acme.example"


def decoded(*lines: str) -> tuple[Orders | None, list[Diagnostic]]:
    """Decode the lines of a canary block."""
    top = reader("canary:\n" + "".join(f"  {line}\n" for line in lines))
    orders = decode_canary(top)
    return orders, list(top.problems.all())


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        (("user: bob", "plant: [long_term_key]"), "IRK105", "is not the ARN of an IAM user"),
        (("plant: [long_term_key]",), "IRK104", "has no `user`"),
        ((f"user: {USER}",), "IRK104", "has no `plant`"),
        ((f"user: {USER}", "plant: [long_term_kye]"), "IRK105", "no canary plants"),
        ((f"user: {USER}", "plant: long_term_key", "tag: x"), "IRK105", "is not a mark"),
        ((f"user: {USER}", "plant: long_term_key", "quiet: [always]"), "IRK105", "is no span"),
        ((f"user: {USER}", "plant: long_term_key", "within: {key: 1s}"), "IRK101", "unknown key"),
        ((f"user: {USER}", "plant: long_term_key", "max_targets: 2"), "IRK105", "one target"),
        ((f"user: {USER}", "plant: get_session_token"), "IRK871", "none is planted before it"),
        ((f"user: {USER}", "plant: okta_session"), "IRK105", "at aws"),
        ((f"user: {LOGIN}", "plant: long_term_key"), "IRK105", "at okta"),
        ((f"user: {LOGIN}", "plant: [okta_factor, okta_session]"), "IRK871", "plant it last"),
        ((f"user: {LOGIN}", "plant: okta_oauth_token"), "IRK105", "name it as `oauth_client`"),
        (
            (f"user: {LOGIN}", "plant: okta_session", "oauth_client: 0oa1"),
            "IRK105",
            "is for planting okta_oauth_token",
        ),
        ((f"user: {USER}", "plant: long_term_key", "soc: {}"), "IRK104", "has no `within`"),
    ],
)
def test_orders_that_cannot_be_meant_are_told(lines: tuple[str, ...], code: str, said: str) -> None:
    """What is wrong has its place and its code."""
    _, found = decoded(*lines)
    assert code in {item.code for item in found}, found
    assert any(said in item.summary for item in found), found
    assert all(item.at is not None for item in found)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-11-20T13:59:00+00:00", False),  # Friday, 14:59 in Berlin
        ("2026-11-20T14:00:00+00:00", True),
        ("2026-11-22T12:00:00+00:00", True),
        ("2026-11-23T05:59:00+00:00", True),
        ("2026-11-23T06:00:00+00:00", False),
        ("2026-11-25T12:00:00+00:00", False),
    ],
)
def test_quiet_hours_go_by_their_own_zone(moment: str, quiet: bool) -> None:
    """A span goes over the end of the week, in the zone it names."""
    hours = QuietHours.parse("Fri 15:00/Mon 07:00 Europe/Berlin")
    assert hours.covers(datetime.fromisoformat(moment)) is quiet


@pytest.mark.parametrize(
    "text", ["Fri 15:00", "Fri 25:00/Mon 07:00 UTC", "Fri 15:00/Mon 07:00 Moon/Sea"]
)
def test_a_span_that_is_none_is_refused(text: str) -> None:
    """A day, an hour or a zone that is none is told."""
    with pytest.raises(ValueError, match=r"is no span|no time zone"):
        QuietHours.parse(text)
