"""The first thing on a screen: is it real, which case, whose tenants, who you are, what time."""

from collections.abc import Iterable
from datetime import datetime

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style, Tone
from irkit.cli.views.times import local
from irkit.clock import parse_rfc3339, rfc3339
from irkit.report.reading import raw_of, text_of, texts_of
from irkit.report.times import stamp

EXERCISE = "[EXERCISE]"
_MANY = 3


def to_json(
    *,
    mode: str,
    org: str,
    who: str,
    now: datetime,
    case: str = "",
    run: str = "",
    accounts: Iterable[str] = (),
) -> JsonObject:
    """Return the JSON form. `accounts` are tenants such as `aws:111111111111`."""
    return {
        "view": "header",
        "mode": mode,
        "case": case,
        "run": run,
        "org": org,
        "accounts": list(accounts),
        "who": who,
        "now": rfc3339(now),
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return two lines: what is at stake, and who looks at it when."""
    live = raw_of(value, "mode") == "live"
    banner = style.paint(Tone.BAD, "LIVE") if live else style.paint(Tone.WARN, EXERCISE)
    case, run = text_of(value, "case"), text_of(value, "run")
    what = [item for item in (case and f"case {case}", run and f"run {run}") if item]
    now = parse_rfc3339(raw_of(value, "now"))
    first = " · ".join([*what, text_of(value, "org"), *_accounts(texts_of(value, "accounts"))])
    second = f"you are {text_of(value, 'who')} · {stamp(now)} ({local(now, style)})"
    width = style.width - len("LIVE" if live else EXERCISE) - 2
    return style.page(f"{banner}  {style.strong(style.clip(first, width))}", second)


def _accounts(accounts: tuple[str, ...]) -> tuple[str, ...]:
    if len(accounts) <= _MANY:
        return accounts
    return (*accounts[:_MANY], f"and {len(accounts) - _MANY} more")
