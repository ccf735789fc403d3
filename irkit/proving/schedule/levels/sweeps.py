"""L2 by the timer: every sweep over the playbook, on all processors. It takes its time."""

import os

from irkit.proving.proof import Level, Proof
from irkit.proving.shelf import Shelf, Shelved
from irkit.proving.sweeps.proving import sweeps_proof
from irkit.proving.sweeps.sweep import Kind, Sweep
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.finding import find
from irkit.proving.world_facts import require_world

_SEED = 7


def prove(shelf: Shelf, shelved: Shelved, exits: Exits) -> Proof:
    """Sweep.

    Raises:
        IrkitError: if the world's packages are missing, or with what is wrong with the test file.
    """
    workspace = shelf.session.workspace
    file = shelved.regime.file
    assert file is not None, "a policy is in a test file"
    require_world()
    (found,) = find([str(file)], file.parent, workspace.playbooks, shelf.session.catalogue)
    subject = shelf.subject(shelved, Level.SWEEPS)
    assert subject is not None, "the playbook can be loaded"
    done: list[Done] = []
    for kind in Kind:
        sweep = Sweep(
            kind=kind,
            found=found,
            exits=exits,
            folder=workspace.state / "sweeps",
            seed=_SEED,
            sample=0,
        )
        done += sweep.run(sweep.pieces(), os.cpu_count() or 1)
    return sweeps_proof(found, done, subject)
