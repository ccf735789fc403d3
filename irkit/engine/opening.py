"""Opening a run: inputs become immutable ids, and everything it starts from is recorded."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from irkit.actions.base import Readers
from irkit.actions.resolve import resolve
from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.history import Blobs
from irkit.engine.overriding import EVERY_STEP, Overriding
from irkit.engine.ulid import ulid
from irkit.engine.walk import Book
from irkit.lang.expressions import evaluate
from irkit.lang.types import ALL, InputType, coerce, parse_type
from irkit.model.playbook import Input, Value
from irkit.providers.call import CallError, Outcome
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor, Draft

_ACCOUNT: Final = "aws.account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a new run starts with. `given` are inputs as people wrote them.

    `run_id` is the id the run gets, for those who have to name it before it is opened. `overriding`
    are guards that two people are to be asked to override.
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
    overriding: Overriding = field(default_factory=Overriding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Resolved inputs: values by name, and the labels people know them by."""

    values: JsonObject
    labels: JsonObject


async def resolve_inputs(
    book: Book,
    given: Mapping[str, str],
    readers: Readers,
    now: datetime,
    *,
    accounts: tuple[str, ...] = (),
) -> Inputs:
    """Turn what people wrote into checked values and immutable ids.

    `accounts` are the pinned ones, which are known without asking.

    Raises:
        IrkitError: with everything that is wrong with any input.
    """
    problems = _unknown_inputs(book, given)
    values: dict[str, Json] = {}
    labels: dict[str, Json] = {}
    for declared in book.main.inputs:
        try:
            value, label = await _input(declared, given.get(declared.name), readers, now, accounts)
        except IrkitError as error:
            problems += error.diagnostics
        else:
            values[declared.name], labels[declared.name] = value, label
    if problems:
        raise IrkitError(*problems)
    return Inputs(values=values, labels=labels)


def asked_of(book: Book, given: Mapping[str, str]) -> tuple[str, ...]:
    """Return the providers that have to say what the inputs mean.

    Accounts are pinned in irkit.yaml: nobody has to be asked about their ids.
    """
    asked: set[str] = set()
    for declared in book.main.inputs:
        raw = given.get(declared.name, declared.default)
        kind = parse_type(declared.type)
        if raw is not None and kind.is_id and not (kind.leaf == _ACCOUNT and _are_ids(raw)):
            asked.add(kind.leaf.partition(".")[0])
    return tuple(sorted(asked))


def _are_ids(raw: Value) -> bool:
    """Say whether accounts are named by their ids, or all of them are meant."""
    texts = raw if isinstance(raw, list | tuple) else str(raw).split(",")
    return all(str(text).strip().isdigit() or text == ALL for text in texts)


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
        *(("guard.overridden", body) for body in _overridden(opening)),
    )
    journal.append(*(Draft(type=kind, run=run_id, actor=actor, body=body) for kind, body in drafts))
    return run_id


def _overridden(opening: Opening) -> Iterator[dict[str, Json]]:
    for guard in opening.overriding.guards:
        yield {
            "step": EVERY_STEP,
            "guard": guard,
            "why": opening.overriding.because,
            "by": opening.requester,
        }


def _unknown_inputs(book: Book, given: Mapping[str, str]) -> list[Diagnostic]:
    declared = [item.name for item in book.main.inputs]
    return [
        Diagnostic(
            code="IRK141",
            summary=f"the playbook `{book.main.id}` has no input `{name}`",
            help=f"it has: {', '.join(declared) or 'none'}",
        )
        for name in given
        if name not in declared
    ]


async def _input(
    declared: Input,
    given: str | None,
    readers: Readers,
    now: datetime,
    accounts: tuple[str, ...],
) -> tuple[Json, Json]:
    raw: Json = given if given is not None else evaluate(declared.default, {})
    if raw is None:
        if not declared.required:
            return None, None
        raise IrkitError(
            Diagnostic(
                code="IRK142",
                summary=f"the input `{declared.name}` is missing: {declared.ask or declared.type}",
                help=f"add: -i {declared.name}=…",
            )
        )
    type_ = parse_type(declared.type)
    value = coerce(type_, raw, now, name=f"`{declared.name}`", span=declared.span)
    if not type_.is_id:
        return value, value
    return await _ids(type_, value, readers, accounts)


async def _ids(
    type_: InputType, value: Json, readers: Readers, accounts: tuple[str, ...]
) -> tuple[Json, Json]:
    """Resolve one value or a list of them; `all` is everything there is of the kind."""
    if type_.item is None:
        return await _id(type_.kind, str(value), readers)
    names: list[Json] = list(value) if isinstance(value, list | tuple) else [value]
    if type_.leaf == _ACCOUNT:
        if names == [ALL]:
            names = list(accounts)
        if set(names) <= set(accounts):
            return names, names
    resolved = [await _id(type_.leaf, str(name), readers) for name in names]
    return [value for value, _ in resolved], [label for _, label in resolved]


async def _id(kind: str, name: str, readers: Readers) -> tuple[str, str]:
    """Resolve one name; while the provider is down it is taken as it is, and said to be unchecked.

    What can be done without that provider must not wait for it. What needs it looks the name up
    again itself, and refuses one that does not exist.
    """
    try:
        found = await resolve(kind, name, readers)
    except IrkitError as error:
        if not _is_down(error):
            raise
        return name, f"{name} (not checked: {kind.partition('.')[0]} does not answer)"
    return found.id, found.label


def _is_down(error: IrkitError) -> bool:
    if isinstance(error, CallError):
        return error.outcome in {Outcome.NOT_SENT, Outcome.UNKNOWN}
    return any(item.code == "IRK273" for item in error.diagnostics)
