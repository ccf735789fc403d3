"""A run of a trail as a scenario: the same ways in, nobody real, and it can be played."""

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner, Result
from simulated import scenario

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from irkit.cli.main import application

from irkit.actions.load import catalogue
from irkit.canonical import Json, JsonObject, thaw
from irkit.cli.seat_watch import _NAMES
from irkit.diagnostics import IrkitError
from irkit.drill.exercise.baselines import IN_TIME
from irkit.drill.exercise.simulate import Played, simulate, simulate_in
from irkit.drill.from_run.incident import _SEATS, Incident, Sign, What, incident_of
from irkit.drill.from_run.make import scenario_from
from irkit.drill.record.kinds import Ending
from irkit.drill.scenario.files import checked
from irkit.drill.scenario.model import Scenario
from irkit.model.change import Target
from irkit.model.run import Run

pytestmark = pytest.mark.xdist_group("from-run")  # they share what was played once

REAL = {
    "kai.contractor@acme.example": "jo.real@payroll.example",
    "Kai Contractor": "Jo Real",
    "111122223333": "210987654321",
    "444455556666": "310987654321",
    "Developer": "PayrollAdmin",
    "Deploy": "ReleaseAll",
    "svc-backup": "svc-payroll",
    "203.0.113.66": "192.0.2.201",
    "contractors": "night-shift",
}
"""The company of a drill, as if it were somebody's: these names must not come out again."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in whose trail an incident was contained by a playbook."""
    return tmp_path_factory.mktemp("incident") / "acme"


@pytest.fixture(scope="module")
def contained(root: Path) -> Played:
    """What was played there: who looks at it changes nothing."""
    short = replace(scenario(), lasts=timedelta(minutes=24))
    return simulate_in(root, short, IN_TIME, 7)


@pytest.fixture
def real(contained: Played) -> Run:
    """The run, as if the company were somebody's."""
    (run,) = contained.runs
    changes = {
        id_: replace(state, change=replace(state.change, target=_elsewhere(state.change.target)))
        for id_, state in run.changes.items()
    }
    reads = {
        step: replace(fact, value=cast("Json", _renamed(fact.value)))
        for step, fact in run.reads.items()
    }
    return replace(run, changes=changes, reads=reads)


def _elsewhere(target: Target) -> Target:
    return Target.from_json(cast("JsonObject", _renamed(target.to_json())))


def _renamed(value: Json) -> object:
    text = json.dumps(thaw(value))
    for old, new in REAL.items():
        text = text.replace(old, new)
    return json.loads(text)


def words(value: object) -> Iterator[str]:
    """Yield every text in a value that could tell somebody something."""
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from words(item)
        case list():
            for item in value:
                yield from words(item)
        case _:
            pass


def made_of(incident: Incident) -> Scenario:
    """Return the scenario that is made of an incident."""
    made = scenario_from(incident, "ours", catalogue())
    found, problems = checked(made.text.encode(), "ours.yaml", catalogue())
    assert found is not None
    assert not problems
    return found


def test_nothing_of_the_trail_is_in_the_scenario(real: Run) -> None:
    """No name, id, address or time: only the shape of the incident is taken."""
    text = scenario_from(incident_of(real), "ours", catalogue()).text
    told = [word for fact in real.reads.values() for word in words(thaw(fact.value))]
    told += [state.change.target.label for state in real.changes.values()]
    told += [state.change.target.id for state in real.changes.values()]
    assert "192.0.2.201" in told
    left = {word for word in told if len(word) > 5 and word in text}
    assert left == {"SUPER_ADMIN"}  # a kind of right, which is Okta's and nobody's


def test_one_real_name_has_one_stand_in(real: Run) -> None:
    """Whoever reads both sees who is who; nobody stands in for two."""
    names = dict(scenario_from(incident_of(real), "ours", catalogue()).names)
    assert {"jo.real@payroll.example", "210987654321"} <= names.keys()
    assert len(set(names.values())) == len(names)


def test_the_intruder_does_what_the_run_found(real: Run) -> None:
    """A tactic for each way in, the playbook of the incident, and as many signatures."""
    told = made_of(incident_of(real))
    done = {tactic.do for tactic in told.adversary.tactics}
    assert {
        "okta.push_mfa",
        "okta.enroll_factor",
        "okta.create_token",
        "aws.federate",
        "aws.create_key",
        "aws.session_token",
        "aws.assume_role",
        "aws.run_instance",
    } <= done
    assert told.respond.playbook == "okta-contractor-compromise"
    assert told.inputs() == {"user": "sven.larsen@acme.example"}
    assert told.world.admins == {"victim": "SUPER_ADMIN"}


def test_what_no_trail_knows_is_a_choice_in_its_place(real: Run) -> None:
    """Each stands above the line that it is about, and is told as well."""
    made = scenario_from(incident_of(real), "ours", catalogue())
    marked = [line.strip() for line in made.text.splitlines() if line.strip().startswith("# CHO")]
    assert marked == [f"# CHOOSE: {choice}" for choice in made.choices]
    assert any("how the intruder came in" in choice for choice in made.choices)


def test_it_can_be_played_and_won(real: Run) -> None:
    """The playbook that contained the incident evicts the intruder who fights back."""
    drill = simulate(made_of(incident_of(real)), IN_TIME, 7).drill
    assert drill.end is not None
    assert drill.end.why is Ending.EVICTED
    assert {act.tactic for act in drill.acts if act.worked} > {"own-factor", "key", "chain"}


@pytest.mark.parametrize(
    ("incident", "start", "playbook"),
    [
        (
            Incident(
                run="01",
                playbook="their-own",
                people=(),
                key=True,
                signs=(Sign(what=What.KEY_SESSION), Sign(what=What.MACHINE)),
            ),
            "aws_key:pipeline",
            "leaked-aws-access-key",
        ),
        (
            Incident(run="01", playbook="their-own", people=("a@b.example",), key=False, signs=()),
            "password:victim",
            "okta-user-federated-to-aws",
        ),
        (
            Incident(
                run="01",
                playbook="rogue-identity-provider",
                people=("a@b.example", "c@d.example"),
                key=False,
                signs=(Sign(what=What.PROVIDER), Sign(what=What.KEY)),
            ),
            "okta_session:victim",
            "rogue-identity-provider",
        ),
    ],
)
def test_every_sort_of_incident_is_a_whole_scenario(
    incident: Incident, start: str, playbook: str
) -> None:
    """A leaked key, a person, a provider; with a playbook of their own, one of ours."""
    told = made_of(incident)
    assert [str(held) for held in told.adversary.start] == [start]
    assert told.respond.playbook == playbook


@pytest.mark.parametrize("run", [Run(id="01"), Run(id="02", undoes="01")])
def test_a_run_without_an_intruder_is_no_scenario(run: Run) -> None:
    """Where nothing was found, or something was taken back, there is nobody to play against."""
    with pytest.raises(IrkitError, match="IRK882"):
        scenario_from(incident_of(run), "ours", catalogue())


def test_seats_are_called_as_the_screen_calls_them() -> None:
    """What a run records of the seats of an exercise is read by these names."""
    assert set(_SEATS) <= set(_NAMES.values())
    assert incident_of(Run(id="01")).signs == ()


def test_the_command_makes_none_with_real_names_and_overwrites_nothing(
    root: Path, contained: Played
) -> None:
    """Without --redact it says why not; what somebody has gone through stays."""

    def say(*words: str) -> Result:
        whole = ["--workspace", str(root), "drill", "from-run", "last", *words]
        return CliRunner().invoke(application(), whole)

    assert contained.runs
    assert "IRK881" in say().output
    file = root / "playbooks" / "scenarios" / "after-may.yaml"
    assert not file.exists()
    said = say("--redact", "--name", "after-may").output
    assert "kai.contractor@acme.example is sven.larsen@acme.example there" in said
    assert "next: irkit drill check after-may" in said
    before = file.read_bytes()
    assert "IRK883" in say("--redact", "--name", "after-may").output
    assert file.read_bytes() == before
