"""`irkit check`: prove that everything is there, looking only."""

from typing import TYPE_CHECKING

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.engine.checking import Finding


def command() -> int:
    """Prove the connections and the approvals, reading only: one line for each, with its remedy.

    Nothing is stopped at: everything that is wrong is shown at once.
    """
    import anyio  # noqa: PLC0415

    from irkit.cli.driving import announce  # noqa: PLC0415
    from irkit.engine.checking import State  # noqa: PLC0415

    me = this()
    announce(me)
    found = anyio.run(_look, me)
    bad = sum(finding.state is State.BAD for finding in found)
    warned = sum(finding.state is State.WARNING for finding in found)
    if bad:
        told = f"✖ {bad} of {len(found)} things are not as they must be."
    else:
        told = "✔ Ready." if not warned else f"▲ Ready, with {warned} things to think about."
    me.output.say(me.output.style().shown(told), bad=bad, warnings=warned)
    return ExitCode.PROBLEMS if bad else ExitCode.DONE


async def _look(me: Invocation) -> "list[Finding]":
    from irkit.cli.views import findings as view  # noqa: PLC0415
    from irkit.engine.checking import look  # noqa: PLC0415

    found = []
    async for finding in look(me.session):
        found.append(finding)
        me.output.show(view.to_json(finding), view.text)
    return found
