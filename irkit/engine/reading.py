"""Reads: the answer is recorded with its digest, the evidence is kept, a failure is a fact."""

from typing import Final

import anyio

from irkit.actions.base import Answer, Read
from irkit.canonical import Json, thaw
from irkit.diagnostics import IrkitError
from irkit.engine.desk import Desk
from irkit.engine.items import grown, merged
from irkit.engine.leaves import ReadLeaf
from irkit.engine.own_bug import own_bug
from irkit.model.run import ReadFact

PRIVATE: Final = ("/value", "/raw")
"""What a provider answered may be about people: the record only commits to it."""
_SILENT: Final = "see whether the provider answers at all: irkit check"


async def make_read(desk: Desk, leaf: ReadLeaf) -> None:
    """Make the read of `leaf` and record what came of it."""
    try:
        answer = await _answer(desk, leaf)
    except IrkitError as error:
        problem = error.diagnostics[0]
        await _failed(desk, leaf, problem.summary, problem.help)
    except TimeoutError:
        seconds = int(leaf.step.timeout.total_seconds())
        await _failed(desk, leaf, f"no answer within {seconds} s", _SILENT)
    except Exception as error:  # noqa: BLE001  # one bad read must not end the others
        problem = own_bug(error)
        await _failed(desk, leaf, problem.summary, problem.help)
    else:
        await _record(desk, leaf, answer, thaw(answer.value), round_=0)


async def read_again(desk: Desk, leaf: ReadLeaf, fact: ReadFact) -> int:
    """Make a read of a log once more; record and count what is new since."""
    try:
        answer = await _answer(desk, leaf)
    except (IrkitError, TimeoutError):
        return 0
    spec = desk.context.catalogue[leaf.step.action]
    old, new = thaw(fact.value), thaw(answer.value)
    value: Json
    if isinstance(old, list) and isinstance(new, list):
        value, changed = merged(old, new, spec.identified_by)
    elif spec.accumulates and isinstance(old, dict) and isinstance(new, dict):
        value = grown(old, new)
        changed = int(value != old)
    else:
        return 0
    if changed:
        await _record(desk, leaf, answer, value, round_=fact.round + 1)
    return changed


async def _answer(desk: Desk, leaf: ReadLeaf) -> Answer:
    read = desk.context.build(leaf.step.action, leaf.arguments)
    assert isinstance(read, Read), f"{leaf.step.action} is read but is no read"
    needs = desk.context.catalogue[leaf.step.action].needs
    await desk.context.connections.ensure(leaf.step.connection, needs)
    readers = desk.context.connections.readers(leaf.step.connection, needs)
    with anyio.fail_after(leaf.step.timeout.total_seconds()):
        return await read.read(readers)


async def _record(desk: Desk, leaf: ReadLeaf, answer: Answer, value: Json, *, round_: int) -> None:
    body: dict[str, Json] = {
        "step": leaf.path,
        "action": leaf.step.action,
        "value": value,
        "complete": answer.complete,
        "gaps": list(answer.gaps),
        "observed_through": answer.observed_through,
        "request_ids": list(answer.request_ids),
        **({"left_out": list(answer.left_out)} if answer.left_out else {}),
        "evidence": leaf.step.evidence,
        "round": round_,
    }
    if leaf.step.evidence:
        body["raw"] = thaw(answer.raw if answer.raw is not None else value)
    await desk.record(
        "step.read", body, private=tuple(name for name in PRIVATE if name[1:] in body)
    )


async def _failed(desk: Desk, leaf: ReadLeaf, why: str, help_text: str) -> None:
    body: dict[str, Json] = {
        "step": leaf.path,
        "action": leaf.step.action,
        "error": why,
        "help": help_text,
        "complete": False,
    }
    await desk.record("step.read", body)
