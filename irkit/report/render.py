"""Rendering: a story through the templates of `templates/`; the only module here with Jinja.

The same story gives the same bytes. Every text is made visible first; in HTML it is escaped as
well, in Markdown what has a meaning there is.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Final, Literal, TypeAlias, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from irkit import assets
from irkit.canonical import Json, JsonObject, thaw
from irkit.clock import parse_rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.visible import value_text, visible
from irkit.report.mark import Mark
from irkit.report.sentences import mark_of, numbers, state_words, verdict
from irkit.report.story_model import Story
from irkit.report.timeline import NARROW, WIDE, timeline
from irkit.report.times import clock, exact, passed, stamp, took

Format: TypeAlias = Literal["md", "html", "json"]

AFTER_ACTION: Final = "after-action"
COMMS_DRAFT: Final = "comms-draft"
_ENDING: Final = ".j2"
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>|#~&]|:(?=//)|(?<=www)\.)")


def render(story: Story, format_: Format, *, template: str = AFTER_ACTION) -> str:
    """Return `story` as one document.

    Raises:
        IrkitError: if there is no such template for that format.
    """
    value, html = story.to_json(), format_ == "html"
    return fill(
        template,
        format_,
        story=value,
        state=state_words(story.state),
        mark=mark_of(story.state),
        verdict=verdict(story),
        numbers=numbers(story.figures),
        wide=drawn(timeline(story, WIDE) if html else ""),
        narrow=drawn(timeline(story, NARROW) if html else ""),
        document=document(value) if format_ == "json" else "",
    )


def page(name: str, values: Mapping[str, object]) -> str:
    """Return the page that a template of `templates/` makes of `values`, visible and escaped."""
    return _pages().get_template(name).render(values)


def fill(template: str, format_: Format, **values: object) -> str:
    """Return a template of `templates/` filled with values.

    Raises:
        IrkitError: if there is no such template for that format.
    """
    name = f"{template}.{format_}{_ENDING}"
    if name not in template_names():
        raise _absent(name)
    return _environment(html=format_ == "html").get_template(name).render(**values)


def drawn(svg: str) -> Markup:
    """Return a drawing, whose texts were escaped where it was made, as it is."""
    return Markup(svg)  # noqa: S704  # escaped where it is made


def template_names() -> tuple[str, ...]:
    """Return the names of the templates: `after-action.html.j2`."""
    return tuple(sorted(path.name for path in assets.templates().glob(f"*{_ENDING}")))


def document(value: JsonObject) -> str:
    """Return the text of a JSON report."""
    return json.dumps(thaw(value), ensure_ascii=False, indent=2)


@cache
def _pages() -> Environment:
    """Pages are made again and again while they are served: their templates are read once."""
    return _environment(html=True)


def _environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(assets.templates(), encoding="utf-8"),
        autoescape=html,  # noqa: S701  # Markdown is escaped by `_finalize_markdown`
        undefined=StrictUndefined,
        finalize=_finalize if html else _finalize_markdown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(cast("Mapping[str, Callable[..., object]]", _FILTERS))
    return environment


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _finalize_markdown(value: object) -> object:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return markdown(value)


def markdown(text: str) -> str:
    """Return `text` visible, with what has a meaning in Markdown escaped."""
    return _MARKDOWN.sub(r"\\\1", visible(text))


def _code(text: str) -> Markup:
    """Return `text` as a Markdown code span that it cannot leave."""
    shown = visible(text)
    runs = [len(run) for run in re.findall("`+", shown)]
    fence = "`" * (max(runs, default=0) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    inside = shown.replace("|", "\\|")
    return Markup(f"{fence}{space}{inside}{space}{fence}")  # noqa: S704  # fenced


def _clock(text: str | None) -> str:
    return clock(parse_rfc3339(text)) if text else "–"


def _stamp(text: str | None) -> str:
    return stamp(parse_rfc3339(text)) if text else "–"


def _seconds(seconds: int | None) -> str:
    return exact(timedelta(seconds=seconds)) if seconds is not None else "–"


def _after(text: str | None, start: str | None) -> str:
    """Return how long after `start` a moment is: `+1m 27s`."""
    if not text or not start:
        return ""
    passed = parse_rfc3339(text) - parse_rfc3339(start)
    return f"+{exact(passed)}" if passed >= timedelta(0) else f"−{exact(-passed)}"


def _short(text: str, length: int = 19) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _shape(mark: str) -> str:
    return str(Mark[mark.upper()])


def _words(value: Json) -> str:
    return value_text(value)


def _raw(text: str) -> Markup:
    """Return a document of our own making as it is."""
    return Markup(text)  # noqa: S704  # JSON, written by json.dumps


_FILTERS: Final = {
    "clock": _clock,
    "stamp": _stamp,
    "seconds": _seconds,
    "after": _after,
    "passed": lambda value: passed(value) if value is not None else "–",
    "short": _short,
    "shape": _shape,
    "words": _words,
    "state": state_words,
    "mark_of": mark_of,
    "code": _code,
    "document": _raw,
    "took": lambda value: took(value) if value is not None else "–",
}


def _absent(name: str) -> IrkitError:
    known = ", ".join(template_names()) or "none"
    return IrkitError(
        Diagnostic(
            code="IRK620",
            summary=f"there is no template {name}",
            help=f"templates: {known}",
        )
    )
