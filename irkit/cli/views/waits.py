"""A wait on the screen: for what, on whom, how long already, and the command that ends it."""

from datetime import datetime

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style, Tone
from irkit.cli.views.times import age
from irkit.clock import parse_rfc3339, rfc3339, words
from irkit.model import next_commands
from irkit.model.quorum import Tally
from irkit.model.run import Run
from irkit.report.mark import Mark
from irkit.report.open_items import title_of
from irkit.report.reading import raw_of, text_of
from irkit.report.standing import missing
from irkit.report.times import clock


def to_json(
    *,
    what: str,
    who: str,
    since: datetime | None = None,
    until: datetime | None = None,
    command: str = "",
) -> JsonObject:
    """Return the JSON form of any wait."""
    return {
        "view": "wait",
        "what": what,
        "who": who,
        "since": rfc3339(since) if since else "",
        "until": rfc3339(until) if until else "",
        "command": command,
    }


def approval(run: Run, part: str, tally: Tally | None = None) -> JsonObject:
    """Return the wait for the approvals that `part` still lacks."""
    number, roles = missing(run.parts[part], tally)
    who = ", ".join(roles) or "any approver"
    have = f" ({', '.join(tally.have)} said yes)" if tally and tally.have else ""
    if tally and tally.denied_by:
        denied = ", ".join(tally.denied_by)
        return to_json(
            what=f"{part} was denied",
            who=denied,
            since=run.part_at[part],
            command=next_commands.on("replan", run.id),
        )
    return to_json(
        what=f"{part} needs {number} more {'approval' if number == 1 else 'approvals'}{have}",
        who=who,
        since=run.part_at[part],
        command=next_commands.approve(run.id),
    )


def answer(run: Run, step: str) -> JsonObject:
    """Return the wait for the answer to a manual step."""
    asked = run.asked[step]
    return to_json(
        what=asked.text,
        who=asked.to,
        since=asked.at,
        until=asked.until,
        command=next_commands.answer(run.id, step, asked.ask),
    )


def in_doubt(run: Run, change: str) -> JsonObject:
    """Return the wait for a person to say what became of a change."""
    state = run.changes[change]
    return to_json(
        what=f"{title_of(state)}: was it made? {state.why}".rstrip(),
        who=run.requester,
        since=state.intent_at,
        command=next_commands.resolve(run.id, change),
    )


def watching(until: datetime) -> JsonObject:
    """Return the wait of the hold: all is cut, and looked at again until `until`."""
    return to_json(what="CUT, WATCHING", who="", until=until)


def of_key(
    run: Run, why: str, *, until: datetime | None = None, tally: Tally | None = None
) -> JsonObject:
    """Return the wait that the engine names by a command's key or in words."""
    subject = why.removeprefix("await ")
    if subject in run.parts:
        return approval(run, subject, tally)
    if subject in run.changes:
        return in_doubt(run, subject)
    step = why.split(" waits for ", maxsplit=1)[0]
    if step in run.asked:
        return answer(run, step)
    if why == "cut, watching" and until:
        return watching(until)
    return to_json(what=why, who="", since=None, until=until)


def text(value: JsonObject, *, style: Style) -> str:
    """Return one line, and the command on a line of its own."""
    until = raw_of(value, "until")
    if text_of(value, "what") == "CUT, WATCHING" and until:
        moment = parse_rfc3339(until)
        told = style.marked(Mark.WAIT, f"CUT, WATCHING until {clock(moment)}")
        return style.page(f"{told}  {style.faint(age(moment, style))}")
    facts = [text_of(value, "what")]
    if raw_of(value, "who"):
        facts.append(f"on {text_of(value, 'who')}")
    if raw_of(value, "since"):
        since = parse_rfc3339(raw_of(value, "since"))
        facts.append(f"for {words(max(style.now - since, since - since))}")
    if until:
        facts.append(f"until {clock(parse_rfc3339(until))}")
    line = f"{style.marked(Mark.WAIT, 'WAITING')}  {' · '.join(facts)}"
    if not raw_of(value, "command"):
        return style.page(line)
    return style.page(line, f"           {style.paint(Tone.KEY, raw_of(value, 'command'))}")
