"""What an intruder can do: the verbs of tactics, what each works with and what it can bring.

Facts only, so that a scenario can be checked where no world is installed. What happens when a verb
is used is decided by the simulated providers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from irkit.drill.scenario.model import Holding

USER: Final = "okta.user"
ROLE: Final = "aws.role"
TEXT: Final = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb.

    Attributes:
        id: Its name.
        uses: What it can work with; one of them must be held.
        gives: What it brings when it works.
        parameters: The entity type of each parameter, or `text`.
    """

    id: str
    uses: tuple[Holding, ...]
    gives: Holding
    parameters: Mapping[str, str] = field(default_factory=dict)


_OKTA: Final = (Holding.OKTA_SESSION, Holding.OKTA_TOKEN)
_AWS: Final = (
    Holding.AWS_KEY,
    Holding.AWS_KEY_SESSION,
    Holding.AWS_TRUST,
    Holding.AWS_CHAINED,
    Holding.AWS_SESSION,
)
"""The longest-lived first: what an intruder would rather use."""

VERBS: Final[Mapping[str, Verb]] = MappingProxyType(
    {
        verb.id: verb
        for verb in (
            Verb(id="okta.push_mfa", uses=(Holding.PASSWORD,), gives=Holding.OKTA_SESSION),
            Verb(id="okta.sign_in", uses=(Holding.OKTA_FACTOR,), gives=Holding.OKTA_SESSION),
            Verb(id="okta.enroll_factor", uses=(Holding.OKTA_SESSION,), gives=Holding.OKTA_FACTOR),
            Verb(id="okta.create_token", uses=(Holding.OKTA_SESSION,), gives=Holding.OKTA_TOKEN),
            Verb(
                id="okta.grant_admin",
                uses=_OKTA,
                gives=Holding.OKTA_ADMIN,
                parameters={"user": USER, "role": TEXT},
            ),
            Verb(
                id="okta.reset_and_sign_in",
                uses=_OKTA,
                gives=Holding.OKTA_SESSION,
                parameters={"user": USER},
            ),
            Verb(id="okta.add_provider", uses=_OKTA, gives=Holding.OKTA_IDP),
            Verb(
                id="okta.come_through",
                uses=(Holding.OKTA_IDP,),
                gives=Holding.OKTA_SESSION,
                parameters={"user": USER},
            ),
            Verb(id="okta.call_help_desk", uses=(Holding.PASSWORD,), gives=Holding.OKTA_FACTOR),
            Verb(
                id="aws.federate",
                uses=(Holding.OKTA_SESSION,),
                gives=Holding.AWS_SESSION,
                parameters={"role": ROLE},
            ),
            Verb(id="aws.create_key", uses=_AWS, gives=Holding.AWS_KEY, parameters={"user": TEXT}),
            Verb(id="aws.session_token", uses=(Holding.AWS_KEY,), gives=Holding.AWS_KEY_SESSION),
            Verb(
                id="aws.assume_role",
                uses=_AWS,
                gives=Holding.AWS_CHAINED,
                parameters={"role": ROLE},
            ),
            Verb(
                id="aws.backdoor_trust",
                uses=_AWS,
                gives=Holding.AWS_TRUST,
                parameters={"role": ROLE},
            ),
            Verb(id="aws.run_instance", uses=_AWS, gives=Holding.MACHINE),
            Verb(id="aws.share_snapshot", uses=_AWS, gives=Holding.DATA),
            Verb(id="aws.terminate", uses=_AWS, gives=Holding.DESTROYED),
        )
    }
)
