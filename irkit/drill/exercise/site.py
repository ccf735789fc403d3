"""Where a drill takes place: a world of its own and an exercise workspace that points at it.

The workspace knows none of the intruder's seats: who is in, responders have to find out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from irkit.actions.load import catalogue
from irkit.clock import Clock
from irkit.drill.exercise.staging import stage
from irkit.drill.scenario.model import Scenario
from irkit.engine.demo_approvers import enrol, seal
from irkit.engine.session import Session
from irkit.proving.world_facts import ORG, READ_ROLE, SAML_PROVIDER, SEED, WRITE_ROLE
from irkit.workspace import decode
from irkit.workspace.config import Account
from irkit.workspace.exercise import DOMAIN
from irkit.workspace.init import WorldFacts, init
from irkit.world.world import Knobs, World

RESPONDER: Final = f"dana@{DOMAIN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running world and its workspace."""

    world: World
    root: Path
    clock: Clock

    def session(self, who: str = RESPONDER) -> Session:
        """Open the workspace as somebody, as each command does."""
        return Session(
            workspace=decode.load(self.root),
            catalogue=catalogue(),
            environment={},
            actor_name=who,
            clock=self.clock,
        )


@contextmanager
def site(
    scenario: Scenario,
    root: Path,
    *,
    clock: Clock,
    ports: tuple[int, int] = (0, 0),
) -> Iterator[Site]:
    """Serve the scenario's world, with a sealed workspace in `root` if there is none yet.

    The company is the same in every drill; a drill's seed is the intruder's.

    Raises:
        IrkitError: if the world cannot be started, or the workspace cannot be made.
    """
    knobs = Knobs(clock=clock, lookups_per_second=0.0)
    okta, aws = ports
    with World.start(
        scenario.world.fixture, seed=SEED, okta_port=okta, aws_port=aws, **knobs
    ) as world:
        stage(world, scenario)
        made = Site(world=world, root=root, clock=clock)
        if not (root / "irkit.yaml").exists():
            root.mkdir(parents=True, exist_ok=True)
            init(root, world=facts(world))
            enrol(decode.load(root))
            seal(made.session())
        yield made


def facts(world: World) -> WorldFacts:
    """Return what the workspace has to know of the world: all but the seats."""
    return WorldFacts(
        org=ORG,
        okta_url=world.okta_url,
        okta_org_id=world.org_id,
        aws_url=world.aws_url,
        aws_access_key_id=world.aws_key.id,
        accounts=tuple(
            Account(id=account.id, name=account.name, read_role=READ_ROLE, write_role=WRITE_ROLE)
            for account in world.accounts
        ),
        okta_app=world.okta_ids.aws_app,
        saml_provider=SAML_PROVIDER,
        break_glass=world.break_glass,
        administrators=world.administrators,
        secrets={"okta-token": world.okta_token, "aws-secret-key": world.aws_key.secret},
    )
