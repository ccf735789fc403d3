"""Opening a run: inputs become immutable ids, and everything it starts from is recorded."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from irkit.actions.base import Readers
from irkit.actions.resolve import resolve
from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.history import Blobs
from irkit.engine.ulid import ulid
from irkit.engine.walk import Book
from irkit.lang.expressions import evaluate
from irkit.lang.types import ALL, InputType, coerce, parse_type
from irkit.model.playbook import Input
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor, Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a new run starts with. `given` are inputs as people wrote them.

    `run_id` is the id the run gets, for those who have to name it before it is opened.
    """

    book: Book
    given: Mapping[str, str]
    mode: str
    requester: str
    case: str = ""
    undoes: str = ""
    only: str = ""
    commit: str = ""
    run_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Resolved inputs: values by name, and the labels people know them by."""

    values: JsonObject
    labels: JsonObject


async def resolve_inputs(
    book: Book, given: Mapping[str, str], readers: Readers, now: datetime
) -> Inputs:
    """Turn what people wrote into checked values and immutable ids.

    Raises:
        IrkitError: with everything that is wrong with any input.
    """
    problems = _unknown_inputs(book, given)
    values: dict[str, Json] = {}
    labels: dict[str, Json] = {}
    for declared in book.main.inputs:
        try:
            value, label = await _input(declared, given.get(declared.name), readers, now)
        except IrkitError as error:
            problems += error.diagnostics
        else:
            values[declared.name], labels[declared.name] = value, label
    if problems:
        raise IrkitError(*problems)
    return Inputs(values=values, labels=labels)


def open_run(
    opening: Opening,
    inputs: Inputs,
    *,
    journal: Journal,
    blobs: Blobs,
    actor: Actor,
    now: datetime,
) -> str:
    """Record the opening of a run and return its id."""
    run_id = opening.run_id or ulid(now, os.urandom(10))
    main = opening.book.main
    calls: dict[str, Json] = {
        name: playbook.source for name, playbook in opening.book.calls.items()
    }
    drafts: tuple[tuple[str, dict[str, Json]], ...] = (
        (
            "run.opened",
            {
                "mode": opening.mode,
                "case": opening.case,
                "undoes": opening.undoes,
                "only": opening.only,
                "requester": opening.requester,
                "title": main.title,
                "playbook": main.id,
            },
        ),
        (
            "playbook.loaded",
            {
                "digest": main.digest,
                "blob": blobs.put(main.source.encode()),
                "commit": opening.commit,
                "file": main.file.rpartition("/")[2],
                "calls": calls,
            },
        ),
        ("targets.resolved", {"inputs": inputs.values, "labels": inputs.labels}),
    )
    journal.append(*(Draft(type=kind, run=run_id, actor=actor, body=body) for kind, body in drafts))
    return run_id


def _unknown_inputs(book: Book, given: Mapping[str, str]) -> list[Diagnostic]:
    declared = [item.name for item in book.main.inputs]
    return [
        Diagnostic(
            code="IRK131",
            summary=f"the playbook `{book.main.id}` has no input `{name}`",
            help=f"it has: {', '.join(declared) or 'none'}",
        )
        for name in given
        if name not in declared
    ]


async def _input(
    declared: Input, given: str | None, readers: Readers, now: datetime
) -> tuple[Json, Json]:
    raw: Json = given if given is not None else evaluate(declared.default, {})
    if raw is None:
        if not declared.required:
            return None, None
        raise IrkitError(
            Diagnostic(
                code="IRK132",
                summary=f"the input `{declared.name}` is missing: {declared.ask or declared.type}",
                help=f"add: -i {declared.name}=…",
            )
        )
    type_ = parse_type(declared.type)
    value = coerce(type_, raw, now, name=f"`{declared.name}`", span=declared.span)
    if not type_.is_id:
        return value, value
    return await _ids(type_, value, readers)


async def _ids(type_: InputType, value: Json, readers: Readers) -> tuple[Json, Json]:
    """Resolve one value or a list of them; `all` is everything there is of the kind."""
    if type_.item is None:
        found = await resolve(type_.kind, str(value), readers)
        return found.id, found.label
    names: list[Json] = list(value) if isinstance(value, list | tuple) else [value]
    if names == [ALL] and type_.leaf == "aws.account":
        accounts: list[Json] = list(readers.aws.accounts())
        return accounts, accounts
    resolved = [await resolve(type_.leaf, str(name), readers) for name in names]
    return [item.id for item in resolved], [item.label for item in resolved]
