"""Setting the stage: a world as the scenario wants it, before anything happens in it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from irkit.drill.adversary.hands import Hands
from irkit.drill.adversary.holdings import Item
from irkit.drill.scenario.model import Held, Holding, Scenario
from irkit.model.access import CredentialKind
from irkit.world.browser import Browser, secrets_of
from irkit.world.fixtures.acme_small import COLLEAGUE, OUTSIDE, PROD, RESPONDER
from irkit.world.fixtures.build_okta import PASSWORD
from irkit.world.intruder import INTRUDER_ADDRESS, INTRUDER_AGENT, OFFICE_ADDRESS, PIPELINE
from irkit.world.planting import OUTSIDE_USER
from irkit.world.seats import Seat
from irkit.world.world import World

_OFFICE: str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15"
_LONG = timedelta(days=200)
_PUSH = "/api/v1/authn/factors/"


def stage(world: World, scenario: Scenario) -> None:
    """Give out the scenario's peculiarities, and let a colleague work beside the intruder."""
    _age_factors(world)
    for entity, role in scenario.world.admins.items():
        login = scenario.world.entities[entity].name
        world.okta.assign_role(world.okta_ids.users[login], role)
    for entity in scenario.world.tires:
        approve(world, scenario.world.entities[entity].name, approves=False)
    _colleagues(world, innocent=_innocent(scenario))


def _age_factors(world: World) -> None:
    """Let everybody have had their phone for long: what is new in a night is the intruder's."""
    for factors in world.okta.tables.factors.values():
        for id_, factor in factors.items():
            created = factor.created - _LONG
            factors[id_] = replace(factor, created=created, last_updated=created)


def _innocent(scenario: Scenario) -> bool:
    """Say whether the pipeline's key is innocent: it is not where it is what was stolen."""
    entities = scenario.world.entities
    stolen = {held.of for held in scenario.adversary.start}
    return PIPELINE not in {entities[name].name for name in stolen if name in entities}


def start_item(world: World, scenario: Scenario, held: Held) -> Item:
    """Return what an intruder starts with: a word, a key that leaked, or a stolen session."""
    entity = scenario.world.entities[held.of]
    if held.kind is Holding.PASSWORD:
        return Item(held=held)
    if held.kind is Holding.OKTA_SESSION:
        sid = office(world).sign_in(entity.name, PASSWORD)
        seat = hands(world, scenario).okta_seat(CredentialKind.OKTA_SESSION, entity.name, sid=sid)
        return Item(held=held, seat=seat, login=entity.name)
    key = world.user_keys[entity.name]
    seat = hands(world, scenario).aws_seat(
        CredentialKind.LONG_TERM_KEY,
        key,
        f"key {key.id} of {entity.name}",
        user=entity.name,
        account=entity.account,
    )
    return Item(held=held, seat=seat)


def approve(world: World, login: str, *, approves: bool) -> None:
    """Let somebody approve the pushes on their phone, or not."""
    factors = world.okta.tables.factors[world.okta_ids.users[login]]
    for id_, factor in factors.items():
        if factor.factor_type == "push":
            factors[id_] = replace(factor, approves=approves)


@dataclass(slots=True)
class Patience:
    """People who give in after so many pushes. `asked` counts what reached their phones."""

    world: World
    scenario: Scenario
    given_in: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Let those give in whose phone has rung often enough."""
        for entity, limit in self.scenario.world.tires.items():
            login = self.scenario.world.entities[entity].name
            if entity not in self.given_in and self._rung(login) >= limit - 1:
                self.given_in.add(entity)
                approve(self.world, login, approves=True)

    def _rung(self, login: str) -> int:
        ids = self.world.okta.tables.factors[self.world.okta_ids.users[login]]
        return sum(
            call.operation.startswith("POST") and any(factor in call.target for factor in ids)
            for call in self.world.calls.all()
            if call.provider == "okta" and _PUSH in call.target
        )


def hands(world: World, scenario: Scenario) -> Hands:
    """Return how this world's intruder reaches its providers."""
    address = scenario.truth.addresses[0] if scenario.truth.addresses else INTRUDER_ADDRESS
    return Hands(
        browser=Browser(
            okta_url=world.okta_url,
            aws_url=world.aws_url,
            address=address,
            user_agent=INTRUDER_AGENT,
        ),
        clock=world.clock,
        entities=scenario.world.entities,
        aws_app=world.okta_ids.aws_app,
        password=PASSWORD,
        outside=(OUTSIDE, world.user_keys[OUTSIDE_USER]),
    )


def reset_factors(world: World, login: str) -> None:
    """Let the help desk do what it was told: reset somebody's factors, by its own right."""
    desk = world.okta.add_token(world.okta_ids.users[RESPONDER], "help desk")
    office(world).post(f"/api/v1/users/{login}/lifecycle/reset_factors", {}, token=desk)


def office(world: World) -> Browser:
    """Return a browser of somebody who works there."""
    return Browser(
        okta_url=world.okta_url, aws_url=world.aws_url, address=OFFICE_ADDRESS, user_agent=_OFFICE
    )


def _colleagues(world: World, *, innocent: bool) -> None:
    """A colleague in the same role, and the pipeline: what containment must not touch."""
    browser = office(world)
    colleague = replace(browser, sid=browser.sign_in(COLLEAGUE, PASSWORD))
    arn = f"arn:aws:iam::{PROD}"
    key = colleague.enter_aws(
        world.okta_ids.aws_app, f"{arn}:role/Support", f"{arn}:saml-provider/okta"
    )
    found = Hands(
        browser=colleague,
        clock=world.clock,
        entities={},
        aws_app=world.okta_ids.aws_app,
        password=PASSWORD,
        outside=(OUTSIDE, key),
    )
    world.bystanders.add(found.okta_seat(CredentialKind.OKTA_SESSION, COLLEAGUE, sid=colleague.sid))
    world.bystanders.add(
        found.aws_seat(
            CredentialKind.FEDERATED_ROLE_SESSION,
            key,
            f"session of {COLLEAGUE} in role Support in {PROD}",
            user=COLLEAGUE,
            account=PROD,
        )
    )
    if innocent:
        world.bystanders.add(_pipeline(world, found))


def _pipeline(world: World, found: Hands) -> Seat:
    key = world.user_keys[PIPELINE]
    seat = found.aws_seat(
        CredentialKind.LONG_TERM_KEY, key, f"key of {PIPELINE}", user=PIPELINE, account=PROD
    )
    return replace(seat, credentials=secrets_of(key))
