"""What a workspace of the simulated world knows of it: its fixed place, and what plays in it.

Ids and keys depend on the seed alone, so that a workspace made today points at the world of
tomorrow. The world itself is loaded when one is served, and only then.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.secret import Secret
from irkit.workspace.config import Account
from irkit.workspace.init import WorldFacts

if TYPE_CHECKING:
    from irkit.world.world import World

SEED: Final = 7
PORT_BASE: Final = 18801
FIXTURE: Final = "acme-small"
FIXTURES: Final = (FIXTURE, "generated")
STORIES: Final = (
    "breached-identity-provider",
    "ci-secret-leak",
    "cloud-ransomware",
    "contractor-offboarding",
    "crypto-mining",
    "mfa-fatigue",
    "public-exposure",
    "public-log",
    "root-login",
    "root-login-hiding",
    "session-theft",
)
"""The companies there are."""
ORG: Final = "acme"
READ_ROLE: Final = "irkit-read"
WRITE_ROLE: Final = "irkit-write"
SAML_PROVIDER: Final = "okta"
VICTIM: Final = "kai.contractor@acme.example"
_PACKAGES: Final = ("flask", "flask_cors", "moto", "starlette", "uvicorn")
_MISSING = "the simulated world needs packages that are not installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a world is served."""

    base: int = PORT_BASE
    seed: int = SEED
    fixture: str = FIXTURE

    @property
    def okta_url(self) -> str:
        """Return where Okta is."""
        return f"http://127.0.0.1:{self.base}"

    @property
    def aws_url(self) -> str:
        """Return where AWS is."""
        return f"http://127.0.0.1:{self.base + 1}"


class Served:
    """A world that is up for as long as the context lasts."""

    def __init__(self, place: Place, *, anywhere: bool = False) -> None:
        """Serve at `place`, or at any free ports only to ask it for its ids."""
        self._place = place
        self._anywhere = anywhere
        self._world: World | None = None

    def __enter__(self) -> "World":
        require_world()
        from irkit.world.world import World  # noqa: PLC0415  # heavy

        base = 0 if self._anywhere else self._place.base
        self._world = World.start(
            self._place.fixture,
            seed=self._place.seed,
            okta_port=base,
            aws_port=base and base + 1,
        )
        return self._world

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._world is not None:
            self._world.stop()


def require_world() -> None:
    """Make sure that the world can be loaded, without loading it.

    Raises:
        IrkitError: IRK803 if the extra `[world]` is not installed.
    """
    missing = [package for package in _PACKAGES if find_spec(package) is None]
    if missing:
        raise IrkitError(
            Diagnostic(
                code="IRK803",
                summary=f"{_MISSING}: {', '.join(missing)}",
                help="install them: pip install 'irkit[world]'",
            )
        )


def facts(world: "World", place: Place | None = None) -> WorldFacts:
    """Return what a workspace has to know of a world: where it is, or is going to be served."""
    return WorldFacts(
        org=ORG,
        okta_url=place.okta_url if place else world.okta_url,
        okta_org_id=world.org_id,
        aws_url=place.aws_url if place else world.aws_url,
        aws_access_key_id=world.aws_key.id,
        accounts=tuple(
            Account(id=account.id, name=account.name, read_role=READ_ROLE, write_role=WRITE_ROLE)
            for account in world.accounts
        ),
        okta_app=world.okta_ids.aws_app,
        saml_provider=SAML_PROVIDER,
        break_glass=world.break_glass,
        administrators=world.administrators,
        secrets={
            "okta-token": world.okta_token,
            "aws-secret-key": world.aws_key.secret,
            "seats": Secret(world.seats.json()),
        },
    )
