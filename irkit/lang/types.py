"""Input types: their text, and what a raw value of each has to look like.

Values are checked and normalised here; resolving a login or a name to an immutable id needs the
provider and is the engine's. Digits that YAML read as a number are refused where an id is meant:
quotes are needed, because a leading zero would be lost.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_address, ip_network
from typing import Final

from irkit.canonical import MAX_INTEGER, Json
from irkit.clock import parse_duration, parse_time, rfc3339
from irkit.decode import Problems, nearest, shown
from irkit.decode.targets import TARGET_KINDS
from irkit.diagnostics import Diagnostic, IrkitError, Label, Span

PLAIN_KINDS: Final = ("text", "int", "bool", "time", "duration", "ip", "cidr")
ID_KINDS: Final = (*TARGET_KINDS, "aws.region")
ALL: Final = "all"
"""The value of a list that stands for everything there is; the engine's resolver expands it."""

_NAME: Final = re.compile(r"[A-Za-z0-9_@.+=,/ :-]{1,512}")
_SHAPES: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "aws.account": (re.compile(r"[0-9]{12}|[A-Za-z][\w .+=@-]{0,62}"), "12 digits or a name"),
    "aws.region": (re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]"), "a region such as eu-central-1"),
    "aws.access_key": (re.compile(r"A[A-Z0-9]{15,127}"), "an access key id such as AKIA…"),
    "aws.instance": (re.compile(r"i-[0-9a-f]{8,17}"), "an instance id such as i-0abc…"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InputType:
    """A parsed type: `list` and `choice` say what they are of."""

    kind: str
    item: "InputType | None" = None
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.item is not None:
            return f"list of {self.item}"
        if self.choices:
            return f"choice of [{', '.join(self.choices)}]"
        return self.kind

    @property
    def leaf(self) -> str:
        """Return the kind of a single value: that of the items, for a list."""
        return self.item.leaf if self.item is not None else self.kind

    @property
    def is_id(self) -> bool:
        """Say whether values name something a provider has to resolve."""
        return self.leaf in ID_KINDS


def parse_type(text: str) -> InputType:
    """Parse a type's text.

    Raises:
        ValueError: if it is none; the message says what is there.
    """
    words = " ".join(text.split())
    if words.startswith("list of "):
        item = parse_type(words.removeprefix("list of "))
        if item.item is not None:
            raise ValueError("a list holds single values, not lists")
        return InputType(kind="list", item=item)
    choices = re.fullmatch(r"choice of \[(.*)\]", words)
    if choices:
        found = tuple(choice.strip() for choice in choices[1].split(","))
        if not all(found) or len(set(found)) != len(found):
            raise ValueError("`choice of` needs different words, such as `choice of [a, b]`")
        return InputType(kind="choice", choices=found)
    if words in PLAIN_KINDS or words in ID_KINDS:
        return InputType(kind=words)
    near = nearest(words, (*PLAIN_KINDS, *ID_KINDS))
    raise ValueError(f"{shown(words)} is no type" + (f"; did you mean `{near}`?" if near else ""))


def check(text: str, problems: Problems, span: Span | None) -> None:
    """Record a problem if `text` is no type."""
    try:
        parse_type(text)
    except ValueError as error:
        known = ", ".join((*PLAIN_KINDS, *ID_KINDS))
        problems.add(
            "IRK130", str(error), span, help=f"known: {known}, list of …, choice of [a, b]"
        )


def coerce(
    type_: InputType,
    raw: Json,
    now: datetime,
    *,
    local: tzinfo = UTC,
    name: str = "the value",
    span: Span | None = None,
) -> Json:
    """Return `raw` (from the command line or a file) as a checked, normalised value.

    Times become RFC 3339 UTC, addresses their shortest form, `a,b` a list; ids are only checked for
    their shape. `local` is the zone whose reading is offered for a time without offset.

    Raises:
        IrkitError: if it is no value of the type.
    """
    place = _Place(name, span)
    if type_.item is not None:
        return _list(type_.item, raw, now, local, place)
    if type_.choices:
        return _choice(type_, raw, place)
    match type_.kind:
        case "int":
            return _integer(raw, place)
        case "bool":
            return _boolean(raw, place)
        case "time":
            return _time(_text(raw, place), now, local, place)
        case _:
            return _from_text(type_.kind, _text(raw, place), place)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a message calls the value, and where it stands."""

    name: str
    span: Span | None

    def refusal(self, code: str, why: str, help_: str = "") -> IrkitError:
        """Return the error that refuses the value."""
        at = Label(span=self.span) if self.span else None
        return IrkitError(Diagnostic(code=code, summary=f"{self.name} {why}", at=at, help=help_))


def _list(item: InputType, raw: Json, now: datetime, local: tzinfo, place: _Place) -> Json:
    if raw == ALL and item.is_id:
        return ALL
    if isinstance(raw, str):
        raw = [part.strip() for part in raw.split(",") if part.strip()]
    if not isinstance(raw, list | tuple):
        raw = [raw]
    return [
        coerce(item, one, now, local=local, name=f"{place.name}[{index}]", span=place.span)
        for index, one in enumerate(raw)
    ]


def _choice(type_: InputType, raw: Json, place: _Place) -> Json:
    text = _text(raw, place)
    if text in type_.choices:
        return text
    near = nearest(text, type_.choices)
    why = f"must be one of {', '.join(type_.choices)}, not {shown(text)}"
    raise place.refusal("IRK132", why, f"did you mean `{near}`?" if near else "")


def _integer(raw: Json, place: _Place) -> Json:
    if type(raw) is int:
        return raw
    if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,16}", raw.strip()):
        number = int(raw)
        if abs(number) <= MAX_INTEGER:
            return number
    raise place.refusal("IRK132", f"must be a whole number, not {_show(raw)}")


def _boolean(raw: Json, place: _Place) -> Json:
    words = {"true": True, "false": False, "yes": True, "no": False}
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in words:
        return words[raw.lower()]
    raise place.refusal(
        "IRK132", f"must be true or false, not {_show(raw)}", "write true, false, yes or no"
    )


def _text(raw: Json, place: _Place) -> str:
    if isinstance(raw, str):
        text = raw.strip()
        if text:
            return text
        raise place.refusal("IRK132", "is empty")
    if type(raw) is int:
        raise place.refusal("IRK133", f"must be text, not the number {raw}", f'quote it: "{raw}"')
    raise place.refusal("IRK132", f"must be text, not {_show(raw)}")


def _time(text: str, now: datetime, local: tzinfo, place: _Place) -> Json:
    try:
        moment = parse_time(text, now)
    except (ValueError, OverflowError):
        raise _no_time(text, local, place) from None
    return rfc3339(moment)


def _no_time(text: str, local: tzinfo, place: _Place) -> IrkitError:
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        help_ = "write 2026-11-24T03:05:00Z, or for example `6 hours ago`"
        return place.refusal("IRK134", f"is no time: {shown(text)}", help_)
    utc = naive.replace(tzinfo=UTC)
    here = naive.replace(tzinfo=local)
    help_ = f"write {utc.isoformat()} if it is UTC"
    if here.utcoffset() != utc.utcoffset():
        help_ += f", or {here.isoformat()} if it is your local time"
    return place.refusal("IRK134", f"has no offset: {shown(text)}", help_)


def _from_text(kind: str, text: str, place: _Place) -> Json:
    readers: Mapping[str, Callable[[str], str]] = {
        "duration": _duration,
        "ip": lambda value: str(ip_address(value)),
        "cidr": lambda value: str(ip_network(value)),
    }
    if kind in readers:
        try:
            return readers[kind](text)
        except (ValueError, OverflowError) as error:
            raise place.refusal("IRK132", f"is no {kind}: {error}") from None
    if kind in ID_KINDS:
        _shape(kind, text, place)
    return text


def _duration(text: str) -> str:
    parse_duration(text)
    return text


def _shape(kind: str, text: str, place: _Place) -> None:
    if text.startswith("arn:"):
        return
    pattern, example = _SHAPES.get(kind, (_NAME, "a name or an id"))
    if not pattern.fullmatch(text):
        raise place.refusal("IRK132", f"is no {kind}: {shown(text)}", f"give {example}")


def _show(raw: Json) -> str:
    match raw:
        case None:
            return "nothing"
        case str() | bool() | int():
            return shown(str(raw))
        case Mapping():
            return "a mapping"
        case _:
            return "a list"
