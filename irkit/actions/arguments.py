"""Arguments against an action's parameters: names, presence, types."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from irkit.canonical import Json
from irkit.clock import parse_duration
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.spec import Parameter, Spec

_ACCOUNT: Final = re.compile(r"\d{12}")
_KEY: Final = re.compile(r"A[KS]IA[A-Z0-9]{12,124}")
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")


def checked(spec: Spec, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """Return `arguments` if the action can be made of them.

    Raises:
        IrkitError: with every problem, each naming its parameter.
    """
    problems = tuple(_problems(spec, arguments))
    if problems:
        raise IrkitError(*problems)
    return dict(arguments)


def _problems(spec: Spec, arguments: Mapping[str, Json]) -> Iterator[Diagnostic]:
    names = [parameter.name for parameter in spec.parameters]
    for name in arguments:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            yield _problem(
                spec,
                "IRK190",
                f"unknown parameter `{name}`",
                f"did you mean `{near[0]}`?" if near else "",
            )
    for parameter in spec.parameters:
        if parameter.name not in arguments:
            if parameter.required:
                yield _problem(spec, "IRK191", f"parameter `{parameter.name}` is missing")
        elif not _fits(parameter, arguments[parameter.name]):
            yield _problem(
                spec,
                "IRK192",
                f"parameter `{parameter.name}` is no {parameter.type}: "
                f"{arguments[parameter.name]!r}",
                parameter.help,
            )


def _fits(parameter: Parameter, value: Json) -> bool:
    """Say whether `value` is of the parameter's type; its default always is."""
    if not parameter.required and value == parameter.default:
        return type(value) is type(parameter.default)
    kind = parameter.type
    if kind.startswith("list of "):
        inner = Parameter(name=parameter.name, type=kind.removeprefix("list of "), help="")
        return isinstance(value, list | tuple) and all(_fits(inner, item) for item in value)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and bool(value) and _TEXTS.get(kind, _anything)(value)


def _anything(_: str) -> bool:
    return True


def _duration(text: str) -> bool:
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


_TEXTS: Final[Mapping[str, Callable[[str], bool]]] = {
    "aws.account": lambda text: _ACCOUNT.fullmatch(text) is not None,
    "aws.access_key": lambda text: _KEY.fullmatch(text) is not None,
    "aws.region": lambda text: _REGION.fullmatch(text) is not None,
    "duration": _duration,
}


def _problem(spec: Spec, code: str, text: str, hint: str = "") -> Diagnostic:
    help_ = f"run `irkit actions show {spec.id}`"
    return Diagnostic(
        code=code,
        summary=f"{text} (action `{spec.id}`)",
        help=f"{hint}; {help_}" if hint else help_,
    )
