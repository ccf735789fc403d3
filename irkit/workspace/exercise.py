"""The people of an exercise: who they are, their roles, and where their private keys lie."""

from collections.abc import Mapping
from typing import Final

from irkit.workspace.init import KEYS

DOMAIN: Final = "acme.example"
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "alice": ("ir-oncall", "ir-lead"),
    "bob": ("ir-lead", "identity-owner"),
    "dana": (),
}
DRILL_KEYS: Final = f"{KEYS}/approvers"
