"""The tables of a drill's report: objectives, measures, decisions, approvals, words, answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, cast

from irkit.canonical import JsonObject
from irkit.drill.measures import people as of_people
from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed
from irkit.drill.record.kinds import BROKEN_OFF
from irkit.drill.record.state import Heard, Said
from irkit.drill.report.evidence import shown_by
from irkit.drill.report.model import (
    ApprovalRow,
    BrokenRow,
    DecisionRow,
    ExpectationRow,
    GroupRow,
    MeasureRow,
    ObjectiveRow,
    PersonRow,
    PointsRow,
    QuestionRow,
    RunRow,
    Score,
    ToldRow,
)
from irkit.drill.scenario.goals import MORE_IS_BETTER, TIMES, UNITS, Measure, Objective
from irkit.model.run import Run
from irkit.report.reading import count_of, flag_of, object_of, objects_of, raw_of


def score(card: JsonObject) -> Score:
    """Return the score as it was recorded."""
    groups = object_of(card, "groups")
    return Score(
        total=count_of(card, "total"),
        hints=count_of(card, "hints"),
        groups=tuple(
            GroupRow(
                name=name,
                got=count_of(object_of(groups, name), "got"),
                of=count_of(object_of(groups, name), "of"),
                capped=name == "outcome" and flag_of(card, "capped"),
                points=tuple(
                    PointsRow(
                        what=raw_of(item, "what"),
                        got_tenths=cast("int | None", item.get("got_tenths")),
                        of=count_of(item, "of"),
                        why=raw_of(item, "why"),
                    )
                    for item in objects_of(card, "points")
                    if raw_of(item, "group") == name
                ),
            )
            for name in groups
        ),
    )


def value_of(measures: JsonObject, measure: Measure) -> int | None:
    """Return one measured value of a card."""
    return cast("int | None", measures.get(measure))


def objectives(told: Told, card: JsonObject) -> tuple[ObjectiveRow, ...]:
    """Return every objective with what it came to."""
    return tuple(_objective(told, card, item) for item in told.scenario.objectives)


def _objective(told: Told, card: JsonObject, item: Objective) -> ObjectiveRow:
    value = value_of(object_of(card, "measures"), item.measure)
    end = told.drill.end
    over = end is not None and end.why not in BROKEN_OFF and not told.only_talked
    never = value is None and over and item.measure in TIMES
    unknown = told.only_talked and item.measure in _BY_CUTS
    return ObjectiveRow(
        id=item.id,
        text=item.text,
        csf=item.csf,
        measure=str(item.measure),
        unit=str(UNITS[item.measure]),
        value=value,
        target=item.target,
        at_least=item.measure in MORE_IS_BETTER,
        never=never,
        met=False if never else None if unknown else item.met(value),
        rating="" if unknown else raw_of(object_of(card, "objectives"), item.id),
        evidence=shown_by(told, item.measure),
    )


_BY_CUTS: Final = frozenset(
    {
        Measure.TIME_TO_FIRST_CUT,
        Measure.TIME_TO_EVICT,
        Measure.SEATS_LEFT,
        Measure.ACTS_AFTER_FIRST_CUT,
        Measure.WHACK_A_MOLE,
        Measure.ORDER_ERRORS,
        Measure.COLLATERAL,
        Measure.DATA_LOST,
    }
)
"""What nobody can say where all was only talked through."""


def expectations(told: Told, card: JsonObject) -> tuple[ExpectationRow, ...]:
    """Return every expectation as it turned out."""
    judged = {raw_of(item, "id"): item for item in objects_of(card, "expectations")}
    return tuple(
        ExpectationRow(
            id=item.id,
            what=item.what,
            by=item.by,
            points=item.points,
            within=None if item.within is None else int(item.within.total_seconds()),
            met=cast("bool | None", judged.get(item.id, {}).get("met")),
            late=flag_of(judged.get(item.id, {}), "late"),
            t=cast("int | None", judged.get(item.id, {}).get("t")),
            why=raw_of(judged.get(item.id, {}), "why"),
        )
        for item in told.scenario.expect
    )


def columns(card: JsonObject) -> tuple[tuple[str, ...], tuple[int, ...], tuple[JsonObject, ...]]:
    """Return the names, totals and measures of this drill and its baselines."""
    others = objects_of(card, "baselines")
    return (
        ("This drill", *(raw_of(item, "name") for item in others)),
        (count_of(card, "total"), *(count_of(item, "total") for item in others)),
        (object_of(card, "measures"), *(object_of(item, "measures") for item in others)),
    )


def measures(card: JsonObject) -> tuple[MeasureRow, ...]:
    """Return every measure beside the baselines'; those that nobody has are left out."""
    found = columns(card)[2]
    rows = (
        MeasureRow(
            name=str(measure),
            unit=str(UNITS[measure]),
            values=tuple(value_of(column, measure) for column in found),
        )
        for measure in Measure
    )
    return tuple(row for row in rows if any(value is not None for value in row.values))


def decisions(told: Told) -> tuple[DecisionRow, ...]:
    """Return each decision as often as it was taken, or once where nobody took it."""
    return tuple(_decisions(told))


def _decisions(told: Told) -> Iterator[DecisionRow]:
    for decision in told.scenario.decisions.values():
        open_ = DecisionRow(
            id=decision.id,
            ask=decision.ask,
            options=decision.options,
            good=decision.good,
            chosen="",
            by="",
            t=None,
            right=None,
            known=(),
        )
        taken = [said for said in told.drill.decided if said.about == decision.id]
        yield from (_taken(told, open_, said) for said in taken)
        if not taken:
            yield open_


def _taken(told: Told, row: DecisionRow, said: Said) -> DecisionRow:
    known = [item for item in told.drill.injects if item.t <= said.t and not item.skipped]
    return replace(
        row,
        chosen=said.text,
        by=said.by,
        t=said.t,
        right=said.text in row.good,
        known=tuple(item.inject for item in known),
    )


def approvals(told: Told, runs: Iterable[Run]) -> tuple[ApprovalRow, ...]:
    """Return every signature by when it was asked for, and what nobody signed."""
    rows = [*_signed(told), *_unsigned(told, runs), *_spoken(told)]
    return tuple(sorted(rows, key=lambda row: (row.asked or 0, row.t or told.end, row.part)))


def _signed(told: Told) -> Iterator[ApprovalRow]:
    asked = {(done.run, done.what): done.t for done in told.of_deed(Deed.PROPOSED)}
    for done in told.deeds:
        if done.deed not in {Deed.APPROVED, Deed.REFUSED}:
            continue
        since = asked.get((done.run, done.what))
        yield ApprovalRow(
            run=done.run,
            part=done.what,
            who=done.by,
            decision=str(done.deed),
            asked=since,
            t=done.t,
            waited=None if since is None else max(done.t - since, 0),
        )


def _unsigned(told: Told, runs: Iterable[Run]) -> Iterator[ApprovalRow]:
    signed = {(done.run, done.what) for done in told.of_deed(Deed.APPROVED)}
    needed = {(run.id, part.id) for run in runs for part in run.parts.values() if part.need.need}
    for done in told.of_deed(Deed.PROPOSED):
        if (done.run, done.what) in needed - signed:
            yield ApprovalRow(
                run=done.run,
                part=done.what,
                who="",
                decision="",
                asked=done.t,
                t=None,
                waited=max(told.end - done.t, 0),
            )


def _spoken(told: Told) -> Iterator[ApprovalRow]:
    """Yield what was approved in words, as at a tabletop: each answer, or that none came."""
    for said in told.drill.asked:
        open_ = ApprovalRow(
            run="",
            part=f"{said.about}: {said.text}",
            who="",
            decision="",
            asked=said.t,
            t=None,
            waited=max(told.end - said.t, 0),
        )
        heard = [item for item in told.drill.heard if item.about == said.about]
        yield from (_answered(open_, said.t, item) for item in heard)
        if not heard:
            yield open_


def _answered(row: ApprovalRow, asked: int, heard: Heard) -> ApprovalRow:
    return replace(
        row,
        who=heard.voice,
        decision="said yes" if heard.yes else "said no",
        t=heard.t,
        waited=max(heard.t - asked, 0),
    )


def words(told: Told) -> tuple[ToldRow, ...]:
    """Return everything that people were told, and what they said, in the order of time."""
    return tuple(sorted(_words(told), key=lambda row: row.t))


def _words(told: Told) -> Iterator[ToldRow]:
    drill = told.drill
    for given in drill.injects:
        yield ToldRow(
            kind="skipped" if given.skipped else "inject",
            id=given.inject,
            t=given.t,
            by=given.by if given.skipped else given.channel,
            to=given.to,
            text=given.text,
            why=given.why,
        )
    for hint in drill.hints:
        yield _said("hint", hint.t, hint.by, hint.text, why=f"for {hint.points} points")
    for kind, items in (("declared", drill.declared), ("note", drill.notes), ("post", drill.posts)):
        for said in items:
            yield _said(kind, said.t, said.by, said.text, to=said.about)
    for word in drill.judged:
        text = "met" if word.met else "missed"
        yield _said("judged", word.t, word.by, text, to=word.expectation, why=word.note)


def _said(kind: str, t: int, by: str, text: str, *, to: str = "", why: str = "") -> ToldRow:
    return ToldRow(kind=kind, id="", t=t, by=by, to=to, text=text, why=why)


def broken(told: Told) -> tuple[BrokenRow, ...]:
    """Return what did not work on purpose."""
    return tuple(
        BrokenRow(what=span.what, who=span.who, t=span.t, until=span.until)
        for span in told.drill.broken
    )


def questions(told: Told) -> tuple[QuestionRow, ...]:
    """Return each question with the last answer and the right one."""
    given = {item.question: item.answers for item in told.drill.answered}
    return tuple(
        QuestionRow(
            id=item.id,
            ask=item.ask,
            given=given.get(item.id, ()),
            right=tuple(sorted(of_people.right_answers(told, item.key))),
            f1=of_people.f1(given[item.id], of_people.right_answers(told, item.key))
            if item.id in given
            else None,
        )
        for item in told.scenario.truth.questions
    )


def people(told: Told) -> tuple[PersonRow, ...]:
    """Return who took part: those in a role, then those who did something without one."""
    roles: Mapping[str, tuple[str, ...]] = told.drill.role_of
    others = dict.fromkeys(done.by for done in told.deeds if done.by and done.by not in roles)
    return (
        *(PersonRow(who=who, roles=held) for who, held in roles.items()),
        *(PersonRow(who=who, roles=()) for who in others),
    )


def runs_of(told: Told, runs: Iterable[Run]) -> tuple[RunRow, ...]:
    """Return the runs that were opened in the drill."""
    opened = {done.run: done.t for done in told.of_deed(Deed.OPENED)}
    return tuple(
        RunRow(
            id=run.id,
            title=run.title,
            playbook=run.playbook_file.removesuffix(".yaml"),
            digest=run.playbook_digest,
            outcome=run.outcome,
            opened=opened[run.id],
            changes=len(run.changes),
            good=sum(state.stage.good for state in run.changes.values()),
        )
        for run in runs
        if run.id in opened
    )
