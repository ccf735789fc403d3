"""Every shipped playbook in a world in which there is something for it to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lab import Lab, laboratory
from playbook_inputs import KAI
from playbook_inputs import PLAYBOOKS as FIRST
from playbook_inputs import inputs_of as inputs_of_first

from irkit.model.access.kinds import CredentialKind
from irkit.world.aws.moto_secrets import secret_arns

PROD, DATA = "111122223333", "444455556666"
STORIES: Final = MappingProxyType(
    {
        "crypto-mining-sweep": "crypto-mining",
        "cloud-ransomware": "cloud-ransomware",
        "ci-secret-leak": "ci-secret-leak",
        "public-exposure": "public-exposure",
        "root-login": "root-login",
        "rogue-identity-provider": "",
        "mfa-fatigue-sim-swap": "mfa-fatigue",
        "breached-identity-provider": "breached-identity-provider",
        "contractor-offboarding": "contractor-offboarding",
        "mass-credential-rotation": "session-theft",
    }
)
"""The playbooks that have a story of their own, and which."""

SHIPPED: Final = (*FIRST, *STORIES)
"""All that are shipped."""

_WITH_INTRUDER: Final = frozenset({*FIRST, "mfa-fatigue-sim-swap", "contractor-offboarding"})
_INPUTS: Final = MappingProxyType(
    {
        "cloud-ransomware": {"user": "sven.larsen@acme.example"},
        "ci-secret-leak": {"role": f"arn:aws:iam::{PROD}:role/release"},
        "public-exposure": {},
        "root-login": {"account": DATA},
        "mfa-fatigue-sim-swap": {"user": KAI, "addresses": "203.0.113.66"},
        "breached-identity-provider": {},
        "contractor-offboarding": {
            "user": KAI,
            "vendor": "999900001111",
            "since": "7 days ago",
        },
        "mass-credential-rotation": {
            "runner": "jonas.weber@acme.example",
            "leave": "irkit.responder@acme.example,ada.break@acme.example,bo.break@acme.example",
            "since": "1 day ago",
        },
    }
)


@contextmanager
def staged(name: str, root: Path) -> Iterator[Lab]:
    """Run a world in which the story of a playbook has been played, with its workspace."""
    with laboratory(root, intruder=name in _WITH_INTRUDER) as lab:
        if STORIES.get(name):
            lab.world.tell(STORIES[name])
        elif name in STORIES:
            lab.world.plant(CredentialKind.OKTA_IDP)
        lab.answers |= {"all_owned": True, "stop_the_account": True, "works": True}
        if name == "crypto-mining-sweep":
            _look_into(lab, "us-east-1, eu-north-1")
        # A window of Okta's limits is a minute, and everybody is looked at in most stories.
        lab.world.okta_server.world.limits.buckets = ()
        yield lab


def inputs_of(lab: Lab, name: str) -> dict[str, str]:
    """Return what a playbook is given in its story."""
    match name:
        case _ if name in FIRST:
            return inputs_of_first(lab, name)
        case "crypto-mining-sweep":
            keys = (seat for seat in lab.world.seats if seat.kind == "long_term_key")
            return {"key": next(seat.access_key_id for seat in keys if seat.user == "svc-leaked")}
        case "rogue-identity-provider":
            (provider,) = lab.world.okta.tables.documents["idps"]
            return {"idp": provider}
        case "mass-credential-rotation":
            (secret,) = (arn for key, arn in secret_arns(lab.world.aws.cloud) if "orders" in key)
            return {**_INPUTS[name], "secrets": secret}
        case _:
            return dict(_INPUTS[name])


def _look_into(lab: Lab, regions: str) -> None:
    """Let irkit look into these regions."""
    config = lab.root / "irkit.yaml"
    text = config.read_text()
    config.write_text(text.replace("regions: [us-east-1]", f"regions: [{regions}]"))
