"""Does everything that is protected exist, and is it what was pinned?"""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace

from irkit.engine.checking import Finding, State, bad, good
from irkit.engine.pinning import Pinning, expanded_at
from irkit.model.playbook import Protection
from irkit.proving.preflight.site import Site
from irkit.workspace.config import Mode
from irkit.workspace.lock import Pin

_PIN = "irkit protect pin"


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield what every pattern of `protect` means now, beside what was pinned."""
    own = tuple(p for book in (site.book.main, *site.book.calls.values()) for p in book.protect)
    settings = site.session.workspace.protect
    if not settings and not own:
        yield Finding(
            subject="protected",
            state=State.WARNING,
            what="nothing is protected: any principal may be a target",
            remedy="name your break-glass groups and roles under `protect:` in irkit.yaml",
        )
        return
    for provider in sorted({_provider(item) for item in (*settings, *own)}):
        for finding in site.blind("protected", provider):
            yield finding
    found = await expanded_at(site.connections, _askable(site, settings))
    unpinned = await expanded_at(site.connections, _askable(site, own))
    for warning in (*found.warnings, *unpinned.warnings):
        yield bad(
            "protected", replace(warning, help="correct the pattern, then: irkit protect pin")
        )
    for finding in _against_pins(site, found):
        yield finding
    names = len({pin.id for pin in (*found.pins, *unpinned.pins)})
    yield good("protected", f"{names} principals are protected")


def _against_pins(site: Site, found: Pinning) -> Iterator[Finding]:
    if found.first:
        if site.session.workspace.mode is Mode.LIVE:
            yield Finding(
                subject="protected",
                state=State.WARNING,
                what="patterns are not pinned: whoever can name a role can protect it",
                remedy=_PIN,
            )
        return
    asked = tuple(f"{provider}:" for provider in site.needs if site.open(provider))
    for pin in found.new:
        yield _pin(
            pin, "matches and is not pinned, so it is not protected: it may be an intruder's"
        )
    for pin in found.gone:
        if pin.tenant.startswith(asked):
            yield _pin(pin, "was pinned and is not there any more")


def _pin(pin: Pin, what: str) -> Finding:
    return Finding(
        subject="protected",
        state=State.BAD,
        what=f"{pin.pattern}: {pin.label} {what}",
        remedy=f"find out why; if it is right: {_PIN}",
    )


def _askable(site: Site, protections: Iterable[Protection]) -> tuple[Protection, ...]:
    """Return the patterns whose provider is open; what the playbook does not need is not asked."""
    return tuple(item for item in protections if site.open(_provider(item)))


def _provider(item: Protection) -> str:
    return item.kind.partition(".")[0]
