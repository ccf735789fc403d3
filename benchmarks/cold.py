"""One cold run to its first durable intent, as `irkit run` makes it, without a provider's SDK.

Started as a process of its own with the directory of a trail: it loads the command line and the
command, opens the trail, plans, proposes, and ends at the moment its first intent is durable.
"""

import os
import sys
import warnings
from pathlib import Path

from benchmarks import noop
from irkit.actions.base import Applied, Readers, Writers
from irkit.engine.runner import Runner
from irkit.model.change import Change
from irkit.trail.journal import Journal
from irkit.trail.keys import open_signer


class Stops(noop.Nothing):
    """Ends the process where the first call would be sent: its intent is durable."""

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Stop here."""
        os._exit(0)


def main() -> None:
    """Run to the first intent."""
    warnings.simplefilter("ignore")
    import anyio  # noqa: PLC0415  # loaded as the command loads it

    import irkit.cli.commands.run  # noqa: PLC0415
    import irkit.cli.main  # noqa: PLC0415

    irkit.cli.main.application()
    assert "boto3" not in sys.modules, "the SDK is not part of this"
    folder = Path(sys.argv[1])
    signer = open_signer("file:key", base=folder, agent_socket=None)
    with Journal.open(folder / "trail", signer=signer) as journal:
        fixture = noop.Fixture(journal, users=1, concurrency=1, action=Stops)
        anyio.run(Runner(fixture.context).drive)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
