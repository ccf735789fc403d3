"""`irkit drill`: exercises in which the intruder fights back."""

from pathlib import Path
from typing import Annotated

import typer

from irkit.cli.documents import by_name
from irkit.cli.drill_from_run import add as add_from_run
from irkit.cli.drill_people import add as add_people
from irkit.cli.drill_play import add as add_play
from irkit.cli.drill_report import report, tell
from irkit.cli.exits import ExitCode
from irkit.cli.opened import this

command = typer.Typer(
    help="Exercises in which the intruder fights back: play, take part, compare, report.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="Its id, or a file.")]
_Seed = Annotated[int, typer.Option(help="What the intruder's rhythm derives from.")]


@command.command(name="list")
def list_() -> int:
    """List the scenarios there are."""
    from irkit.cli.drilling import folder, scenarios  # noqa: PLC0415
    from irkit.cli.views import drill as view  # noqa: PLC0415

    me = this()
    me.output.show(view.listed(scenarios(me, folder(me))), view.listed_text)
    return ExitCode.DONE


@command.command()
def show(
    name: _Scenario,
    truth: Annotated[
        bool, typer.Option("--truth", help="With the intruder's plan: not for participants.")
    ] = False,
) -> int:
    """Show a scenario: its objectives and roles, and the playbook that is meant for it."""
    from irkit.cli.drilling import scenario  # noqa: PLC0415
    from irkit.cli.views import drill as view  # noqa: PLC0415

    me = this()
    me.output.show(view.shown(scenario(me, name), truth=truth), view.shown_text)
    return ExitCode.DONE


@command.command()
def check(name: _Scenario, seed: _Seed = 7) -> int:
    """Play a scenario twice in virtual time: doing nothing must lose, its own playbook must win."""
    from irkit.cli.drilling import scenario  # noqa: PLC0415
    from irkit.drill.exercise.baselines import winnable  # noqa: PLC0415

    me = this()
    found = winnable(scenario(me, name), seed)
    me.output.bad_news(found)
    if found:
        return ExitCode.PROBLEMS
    me.output.say(f"{name}: doing nothing loses, and its playbook wins", scenario=name, seed=seed)
    return ExitCode.DONE


@command.command()
def compare(
    name: _Scenario,
    seeds: Annotated[int, typer.Option(min=1, help="How many nights each response gets.")] = 10,
    response: Annotated[
        list[str] | None, typer.Option(help="Only these; else all of the scenario.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many at once.")] = 2,
    out: Annotated[Path | None, typer.Option(help="Write a Markdown table there.")] = None,
) -> int:
    """Try each of a scenario's responses with many seeds: who says contained, and who is right."""
    from irkit.cli.drilling import responses, scenario_file  # noqa: PLC0415
    from irkit.cli.views import drill as view  # noqa: PLC0415
    from irkit.drill.exercise.compare import nights, rows  # noqa: PLC0415

    me = this()
    file, told = scenario_file(me, name)
    wanted = responses(told, response or ())
    played = nights(file, wanted, range(1, seeds + 1), jobs)
    value = view.compared(told, rows(told, played), seeds)
    if out is not None:
        (me.here / out).write_text(view.compared_markdown(value) + "\n", encoding="utf-8")
    me.output.show(value, view.compared_text)
    return ExitCode.DONE


@command.command()
def quick(
    name: _Scenario,
    seed: _Seed = 7,
    response: Annotated[
        str, typer.Option(help="Which of the scenario's responses; else its playbook.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the after-action report here.")
    ] = None,
) -> int:
    """Play a whole drill in seconds, with a scripted responder, and score it beside baselines.

    Its trail is not kept. The kind of report is the ending of --out: .html, .md or .json.
    """
    from irkit.cli.drilling import one_response, scenario  # noqa: PLC0415
    from irkit.cli.views import drill as view  # noqa: PLC0415
    from irkit.cli.views import scorecard as card  # noqa: PLC0415
    from irkit.drill.exercise.baselines import score  # noqa: PLC0415
    from irkit.drill.exercise.lines import lines  # noqa: PLC0415
    from irkit.drill.exercise.simulate import simulate  # noqa: PLC0415
    from irkit.drill.record.deeds import deeds  # noqa: PLC0415
    from irkit.drill.report.model import Source  # noqa: PLC0415

    me = this()
    told = scenario(me, name)
    played = simulate(told, one_response(told, response), seed)
    for line in lines(played.drill, deeds(played.drill, played.runs)):
        me.output.progress(view.line_json(line), view.line_text)
    found = score(told, played, ())
    value = found.to_json()
    me.output.show({"view": "scorecard", **value}, card.text)
    if out is not None:
        tell(me, played, value, Source(), format_=by_name(out), out=out)
    return ExitCode.DONE if not found.capped else ExitCode.STILL_OPEN


add_from_run(command)
add_play(command)
command.command()(report)
add_people(command)
