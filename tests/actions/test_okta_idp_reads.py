"""What is read of a rogue identity provider: who made it, who came in, and what is not known."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from hands_on import planned, saved
from stage import Stage, changing, staged

from irkit.actions.base import Answer
from irkit.model.access import CredentialKind
from irkit.world.faults import Fault, FaultKind
from irkit.world.rogue_provider import ADMINISTRATOR, ALSO, IMPERSONATED

LINKED = "emma.nilsson@acme.example"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world with a rogue provider, to which somebody is linked who never came in through it."""
    with staged() as stage:
        stage.world.plant(CredentialKind.OKTA_IDP)
        linked = {"externalId": "emma", "created": "2026-01-01T00:00:00Z"}
        documents = stage.world.okta.tables.documents
        documents[f"idp_users/{provider(stage)}"][stage.user(LINKED)] = linked
        yield stage


@pytest.fixture(autouse=True)
def no_faults_left(stage: Stage) -> Iterator[None]:
    """Each test starts with a world that works."""
    yield
    stage.world.faults.clear()


def provider(stage: Stage) -> str:
    """Return the rogue provider's id."""
    (seat,) = stage.world.seats.of_kind(CredentialKind.OKTA_IDP)
    return seat.user


def logins(people: object) -> list[str]:
    """Return the logins of people as a read names them."""
    return [person["login"] for person in cast("list[dict[str, str]]", people)]


def found(answer: Answer) -> dict[str, Any]:
    """Return an answer's value as an object."""
    return cast("dict[str, Any]", answer.value)


def close_the_log(stage: Stage) -> None:
    """Let the System Log refuse."""
    fault = Fault(kind=FaultKind.FORBIDDEN_EMPTY, provider="okta", operation="GET /api/v1/logs")
    stage.world.faults.add(fault)


def test_who_made_it_is_in_the_log(stage: Stage) -> None:
    """The administrator whose session was used is named, with the rules that lead to it."""
    answer = stage.read("okta.idp.get", idp=provider(stage))
    assert answer.complete
    assert logins(found(answer)["made_by"]) == [ADMINISTRATOR]
    (rule,) = found(answer)["routing_rules"]
    assert rule.startswith("Partners (0pr")
    assert found(answer)["status"] == "ACTIVE"


def test_a_maker_the_log_does_not_have_is_a_gap(stage: Stage) -> None:
    """That nobody is named does not say that nobody made it."""
    answer = stage.read("okta.idp.get", idp=provider(stage), since="1 minute ago")
    assert not answer.complete
    assert found(answer)["made_by"] == []
    assert answer.gaps[0].endswith("does not say who made it")


def test_whoever_came_in_or_is_linked_is_found_once(stage: Stage) -> None:
    """Signed in and linked, or linked alone; a failed sign-in is nobody's."""
    seat = stage.world.seats.of_kind(CredentialKind.OKTA_IDP)[0]
    assert str(seat.probe()) == "alive"
    answer = stage.read("okta.idp.trace", idp=provider(stage))
    assert answer.complete
    assert logins(answer.value) == sorted([ALSO, IMPERSONATED, LINKED])
    assert answer.observed_through


def test_another_provider_has_its_own_people(stage: Stage) -> None:
    """Who came in through one provider did not come in through the others."""
    other = stage.world.okta.add_document("idps", "0oa", {"type": "SAML2", "name": "Partner"})
    assert stage.read("okta.idp.trace", idp=other).value == []


@pytest.mark.parametrize("action", ["okta.idp.get", "okta.idp.trace"])
def test_a_log_that_does_not_answer_is_a_gap(stage: Stage, action: str) -> None:
    """The provider and its links are known all the same, and it is said what is not."""
    close_the_log(stage)
    answer = stage.read(action, idp=provider(stage))
    assert not answer.complete
    assert answer.gaps[0].startswith("the log was not read")
    assert answer.value


def test_a_provider_is_switched_off_though_nothing_else_of_it_is_known(stage: Stage) -> None:
    """Rules and links are for whoever cleans up; that Okta does not show them is said."""
    for operation in ("GET /api/v1/policies", "GET /api/v1/idps/*/users"):
        refusal = Fault(
            kind=FaultKind.FORBIDDEN_EMPTY, provider="okta", operation=operation, times=10
        )
        stage.world.faults.add(refusal)
    answer = stage.read("okta.idp.get", idp=provider(stage))
    assert "the routing rules were not read" in " ".join(answer.gaps)
    (change,) = planned(stage, changing("okta.idp.deactivate", idp=provider(stage)))
    assert {saved(change)[key] for key in ("linked", "routing_rules")} == {None}
