"""Texts of scenarios for tests: the shipped one, and the same with something else in it."""

from irkit import assets

LAPSUS = "lapsus-contractor-okta-aws"


def shipped(name: str = LAPSUS) -> str:
    """Return the text of a shipped scenario."""
    return (assets.playbooks() / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    """Return the shipped scenario with one thing changed."""
    text = shipped()
    assert text.count(old) >= 1, f"{old!r} is not in the scenario"
    return text.replace(old, new, 1)
