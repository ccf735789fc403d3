"""Sweeps: which pieces there are, what each judges, and that a killed one goes on where it was."""

from dataclasses import replace
from pathlib import Path

import pytest
from seen_text import ENDED, SEEN, call, state
from test_playing import PLAYBOOKS, found_of

from irkit import assets
from irkit.cli.testing import EXITS
from irkit.diagnostics import IrkitError
from irkit.lang import decode
from irkit.model.playbook import Playbook, all_steps
from irkit.proving.sweeps.baseline import Baseline, baseline, comparable, effects
from irkit.proving.sweeps.faults import fault_pieces
from irkit.proving.sweeps.kept import Kept
from irkit.proving.sweeps.mutants import mutants
from irkit.proving.sweeps.mutate import MutantPiece, mutant_pieces
from irkit.proving.sweeps.sweep import Kind, Sweep
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.suite import Sweeps

LEAKED = "leaked-aws-access-key"
SMALL = """irkit: 1
playbook: small
title: Small
inputs: {user: okta.user}
steps:
  - phase: Look
    steps:
      - read: okta.user.get
        with: {user: "{{ inputs.user }}"}
        as: one
      - read: okta.user.get            # uses nothing of the first
        with: {user: "{{ inputs.user }}"}
        as: two
      - read: okta.user.get            # uses the second
        with: {user: "{{ two.id }}"}
        as: three
  - phase: Side
    background: true
    needs: []
    steps: [{report: after-action}]
  - phase: Act
    needs: [Look]
    steps:
      - if: one.id == two.id
        then:
          - do: okta.user.suspend
            with: {user: "{{ three.id }}"}
always:
  - report: after-action
"""


def playbook(text: str = SMALL) -> Playbook:
    """Decode a playbook."""
    decoded = decode.playbook(text, "small.yaml")
    assert decoded.playbook is not None, decoded.diagnostics
    return decoded.playbook


def test_every_step_is_left_out_and_neighbours_are_swapped() -> None:
    """What means something is changed, and what cannot be noticed is not."""
    assert [mutant.name for mutant in mutants(playbook())] == [
        "without phase look",
        "without phase side",
        "without phase act",
        "without look.get",
        "without look.get-2",
        "without look.get-3",
        "look.get-3 before look.get-2",
        "without act.if",
        "without act.if.suspend",
        "without always.report",
    ]


def test_a_mutant_differs_by_one_step_alone() -> None:
    """Leaving out takes the step's lines, its comment and nothing else."""
    made = {mutant.name: mutant.source for mutant in mutants(playbook())}
    lines = SMALL.split("\n")
    assert made["without look.get-2"].split("\n") == [*lines[:10], *lines[13:]]
    assert "always: []" in made["without always.report"]
    swapped = made["look.get-3 before look.get-2"]
    assert sorted(swapped.split("\n")) == sorted(lines)
    assert swapped.index("uses the second") < swapped.index("uses nothing")


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_every_step_of_a_shipped_playbook_is_left_out(name: str) -> None:
    """There is a mutant without each step and without each phase."""
    book = found_of(name).book.main
    left_out = {m.name for m in mutants(book) if m.name.startswith("without ")}
    assert left_out == {
        *(f"without {step.id}" for step in all_steps(book)),
        *(f"without phase {phase.id}" for phase in book.phases),
    }


def piece_of(name: str) -> MutantPiece:
    """Return one mutant of the leaked key's playbook with its cases."""
    found = found_of(LEAKED)
    pieces = mutant_pieces(found.suite, found.book, EXITS)
    return next(piece for piece in pieces if piece.name == name)


@pytest.mark.parametrize(
    "name",
    [
        "without shut-out.quarantine",
        "shut-out.deactivate before shut-out.quarantine",
        "without always.report",
        "phase trace before phase look",
    ],
)
def test_a_mutant_is_noticed(name: str) -> None:
    """A step that is missing or out of place fails a case, or cannot even be read."""
    done = piece_of(name).run()
    assert done.good, done
    assert done.found.startswith(("noticed by", "cannot be read"))


def test_a_mutant_that_nobody_notices_survives() -> None:
    """Without the cases that look, the step is untested and said to be."""
    piece = piece_of("without shut-out.deactivate")
    blind = tuple(case for case in piece.suite.cases if "irkit's own" in case.name)
    done = replace(piece, suite=replace(piece.suite, cases=blind)).run()
    assert done.wrong == ("no case notices it",)


BASELINE = Baseline(
    state=comparable(SEEN),
    dead=frozenset({"cookie"}),
    effects=effects(ENDED),
    writes=(),
    records=10,
    calls=3,
    result="contained",
)


def test_success_is_compared_with_the_world() -> None:
    """Green with another state, or with a seat alive that ought to be dead, is a lie."""
    assert BASELINE.lies(SEEN) == ()
    other = replace(SEEN, after=state("ACTIVE"))
    assert BASELINE.lies(other) == ("says contained, and the providers are not in that state",)
    alive = tuple(replace(seat, state="alive") for seat in SEEN.seats)
    assert BASELINE.lies(replace(SEEN, seats=alive)) == (
        "says contained, and these are not dead: cookie",
    )
    honest = replace(ENDED, result="partial")
    assert BASELINE.lies(replace(other, first=honest)) == ()


def test_ids_that_were_drawn_make_no_other_state() -> None:
    """A list of names is the same wherever a drawn id happens to stand in it; a name counts."""
    one, other, more = (
        comparable(replace(SEEN, after=state("SUSPENDED", attached=names)))
        for names in (("p-Full", "p-k6bybkoh"), ("p-0abcdefg", "p-Full"), ("p-0abcdefg",))
    )
    assert one == other != more


def test_an_effect_that_comes_twice_is_noticed() -> None:
    """A write repeated is an effect too many, but for ended sessions, which end once."""
    twice = replace(ENDED, calls=(*ENDED.calls, call("POST /suspend")))
    assert BASELINE.repeats(ENDED) == ()
    (told,) = BASELINE.repeats(twice)
    assert told.endswith("2 effects instead of 1")
    ends = call("DELETE /api/v1/users/{userId}/sessions")
    assert BASELINE.repeats(replace(ENDED, calls=(ends, ends))) == ()


def sweep_of(kind: Kind, folder: Path, sample: int = 0) -> Sweep:
    """Return a sweep of the leaked key's playbook."""
    return Sweep(kind=kind, found=found_of(LEAKED), exits=EXITS, folder=folder, sample=sample)


@pytest.mark.parametrize(("kind", "sample"), [(Kind.FAULTS, 3), (Kind.CRASH, 2)])
def test_a_sample_of_the_sweeps_holds(kind: Kind, sample: int, tmp_path: Path) -> None:
    """No fault makes a false green or a double effect, and a crash changes nothing of the end."""
    sweep = sweep_of(kind, tmp_path, sample)
    pieces = sweep.pieces()
    done = list(sweep.run(pieces, 1))
    assert [(piece.item, piece.wrong) for piece in done if not piece.good] == []
    assert len(done) == sample
    found = {piece.found for piece in done}
    assert found <= {"died and resumed", "contained", "partial", "failed"}


def test_the_sweep_over_size_compares_with_a_small_company(tmp_path: Path) -> None:
    """Many people make neither more calls nor another end."""
    found = found_of(LEAKED)
    few = replace(found, suite=replace(found.suite, sweeps=Sweeps(users=300)))
    sweep = replace(sweep_of(Kind.SCALE, tmp_path), found=few)
    (done,) = sweep.run(sweep.pieces(), 1)
    assert done.good, done
    assert done.item == "300 people"


def test_a_sweep_does_not_start_from_a_case_that_fails(tmp_path: Path) -> None:
    """What all else is held against has to hold."""
    found = found_of(LEAKED)
    case = next(case for case in found.suite.cases if "nobody knows" in case.name)
    wrong = replace(case, inputs={"key": "user.irkit-breakglass"})
    suite = replace(found.suite, cases=(wrong,))
    sweep = replace(sweep_of(Kind.FAULTS, tmp_path), found=replace(found, suite=suite))
    with pytest.raises(IrkitError, match="IRK830"):
        sweep.pieces()


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """A killed sweep goes on where it was; a half-written line does not count."""
    sweep = sweep_of(Kind.MUTATE, tmp_path)
    pieces = tuple(p for p in sweep.pieces() if p.name.startswith("without phase"))[:2]
    first = next(sweep.run(pieces, 1))
    path = sweep.kept().path
    with path.open("a", encoding="utf-8") as file:
        file.write('{"sweep": "mut')
    marked = path.read_text().replace(first.found, "done before")
    path.write_text(marked)
    again = list(sweep.run(pieces, 1))
    assert {done.item for done in again} == {piece.name for piece in pieces}
    assert again[0].found == "done before"
    assert set(sweep.kept().done()) == {piece.name for piece in pieces}


def test_what_was_done_of_another_playbook_does_not_count(tmp_path: Path) -> None:
    """An edited playbook is swept from the beginning."""
    done = Done(sweep="crash", playbook="p", item="killed at record 4", found="x", wrong=("y",))
    path = tmp_path / "crash-p.jsonl"
    before = Kept(path, {"playbook": "sha256:1"})
    before.begin({})
    before.add(done)
    assert before.done() == {done.item: done}
    assert Kept(path, {"playbook": "sha256:2"}).done() == {}
    assert Kept(tmp_path / "none.jsonl", {}).done() == {}


def test_the_shipped_tests_name_no_case_to_sweep_that_is_not_there() -> None:
    """Each starts from a case of its own that ends well."""
    for name in PLAYBOOKS:
        suite = found_of(name).suite
        assert suite.swept in suite.cases
        assert (assets.playbooks() / f"{name}.test.yaml").is_file()


def test_a_change_of_two_calls_goes_on_at_the_second() -> None:
    """A machine's interface that is half way moved is not moved to half way again."""
    found = found_of("okta-contractor-compromise")
    base = baseline(found.suite, found.book, EXITS)
    pieces = fault_pieces(found.suite, found.book, EXITS, base)
    wanted = "reset_before at aws ec2:ModifyNetworkInterfaceAttribute #2"
    (piece,) = (piece for piece in pieces if piece.name == wanted)
    assert piece.run().wrong == ()
