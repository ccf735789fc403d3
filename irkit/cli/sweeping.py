"""Running sweeps for a terminal: piece after piece with progress, and what is wrong at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation
from irkit.cli.testing import EXITS, keep
from irkit.cli.views import sweeps as view
from irkit.proving.proof import Level
from irkit.proving.sweeps.proving import sweeps_proof
from irkit.proving.sweeps.sweep import Kind, Sweep
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.finding import Found, find
from irkit.proving.world_facts import require_world

ALL = "all"


@dataclass(frozen=True, slots=True)
class Sweeps:
    """One use of `irkit test --sweep`."""

    invocation: Invocation
    processes: int
    seed: int
    sample: int

    def run(self, what: Sequence[str], kind: str) -> int:
        """Sweep, say what came of it, and return the exit code."""
        me = self.invocation
        require_world()
        own = me.workspace.playbooks if me.in_workspace else None
        found = find(what, me.here, own, me.catalogue)
        kinds = tuple(Kind) if kind == ALL else (Kind(kind),)
        good = True
        for one in found:
            done = [piece for each in kinds for piece in self._swept(one, each)]
            good = good and all(piece.good for piece in done)
            if kinds == tuple(Kind) and not self.sample:
                keep(me, one, Level.SWEEPS, partial(sweeps_proof, one, done))
        return ExitCode.DONE if good else ExitCode.PROBLEMS

    def _swept(self, found: Found, kind: Kind) -> list[Done]:
        me = self.invocation
        folder = (me.workspace.state if me.in_workspace else me.here / ".irkit") / "sweeps"
        sweep = Sweep(
            kind=kind,
            found=found,
            exits=EXITS,
            folder=folder,
            seed=self.seed,
            sample=self.sample,
        )
        pieces = sweep.pieces()
        done: list[Done] = []
        for piece in sweep.run(pieces, self.processes):
            done.append(piece)
            me.output.progress(view.to_json(piece, len(done), len(pieces)), view.text)
        me.output.show(view.summary_json(str(kind), found.suite.playbook, done), view.summary_text)
        return done
