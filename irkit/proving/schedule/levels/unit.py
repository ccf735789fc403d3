"""L1 by the timer: every case of the test file, one after the other, each in a world of its own."""

from irkit.proving.proof import Level, Proof
from irkit.proving.shelf import Shelf, Shelved
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.finding import find
from irkit.proving.testing.proving import unit_proof
from irkit.proving.testing.trying import Trial
from irkit.proving.world_facts import require_world


def prove(shelf: Shelf, shelved: Shelved, exits: Exits) -> Proof:
    """Try every case.

    Raises:
        IrkitError: if the world's packages are missing, or with what is wrong with the test file.
    """
    workspace = shelf.session.workspace
    file = shelved.regime.file
    assert file is not None, "a policy is in a test file"
    require_world()
    (found,) = find([str(file)], file.parent, workspace.playbooks, shelf.session.catalogue)
    subject = shelf.subject(shelved, Level.UNIT)
    assert subject is not None, "the playbook can be loaded"
    results = [
        Trial(case=case, book=found.book, file=found.suite.file, exits=exits).run()
        for case in found.cases
    ]
    return unit_proof(found, results, subject)
