"""Actions aimed at an intruder who holds everything that they are said to cut or to leave.

The intruder's own credentials judge. Between them the kills of an action meet every kind in its
`cuts` and its `does_not_cut`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from action_cases.aws_instance import detach_profile, require_tokens, stop, terminate
from action_cases.okta_accounts import reset_factors
from action_cases.okta_apps import revoke_tokens
from action_cases.okta_user import remove_factor
from arsenal import ARMED, ROLE
from aws_hands import iam_of
from stage import DATA, PROD, VICTIM, Stage, changing

from irkit.actions.base import Action
from irkit.canonical import Json
from irkit.model.access import CredentialKind
from irkit.world.fixtures.acme_small import OUTSIDE

Prepare = Callable[[Stage], Action]


@dataclass(frozen=True, slots=True)
class Kill:
    """One action aimed at an intruder."""

    action: str
    prepare: Prepare
    reach: tuple[str, ...]
    """Parts of the labels of the seats it is aimed at: these and no others may die."""
    plants: tuple[CredentialKind, ...] = ()
    """What the intruder has beside the story."""
    armed: str = ""
    """The account in which the intruder holds a user and a role in every way there is."""
    dead_already: bool = False
    """Whether what it is aimed at has to be switched off before."""


def at(
    action: str,
    *reach: str,
    plants: tuple[CredentialKind, ...] = (),
    armed: str = "",
    **arguments: Json,
) -> Kill:
    """Return an action with these arguments as a kill."""

    def prepare(_: Stage) -> Action:
        return changing(action, **arguments)

    return Kill(action, prepare, reach, plants, armed)


def seat_of(stage: Stage, kind: CredentialKind, of: str = "") -> str:
    """Return the id of what the intruder holds, as its provider knows it."""
    (seat,) = (seat for seat in stage.world.seats.of_kind(kind) if of in seat.label)
    return seat.access_key_id or seat.id.partition(":")[2]


def of_key(action: str, **arguments: Json) -> Kill:
    """Return an action on the key of the user whom the intruder holds in every way."""

    def prepare(stage: Stage) -> Action:
        key = seat_of(stage, CredentialKind.LONG_TERM_KEY, ARMED)
        return changing(action, user=ARMED, account=PROD, key=key, **arguments)

    return Kill(action, prepare, (f"key of {ARMED}",), armed=PROD)


def delete_key(stage: Stage) -> Action:
    """The key, which was switched off: nothing else may be deleted."""
    key = seat_of(stage, CredentialKind.LONG_TERM_KEY, ARMED)
    with iam_of(stage) as iam:
        iam.update_access_key(ARMED, key, "Inactive")
    return changing("aws.iam_key.delete", user=ARMED, account=PROD, key=key)


def revoke_planted_token(stage: Stage) -> Action:
    """The API token that the intruder made."""
    (seat,) = stage.world.seats.of_kind(CredentialKind.OKTA_API_TOKEN)
    token = stage.world.okta.token_id(seat.credentials["token"].reveal())
    return changing("okta.api_token.revoke", token=token)


def on_rogue(action: str) -> Kill:
    """Return an action on the identity provider that the intruder added."""

    def prepare(stage: Stage) -> Action:
        return changing(action, idp=seat_of(stage, CredentialKind.OKTA_IDP))

    return Kill(action, prepare, _ROGUE, (*_TOKENS, CredentialKind.OKTA_IDP))


_TOKENS: Final = (CredentialKind.OKTA_API_TOKEN, CredentialKind.OKTA_ACCESS_TOKEN)
_ALL_OF_OKTA: Final = (*_TOKENS, CredentialKind.OKTA_IDP)
_MACHINE: Final = (CredentialKind.INSTANCE_SESSION, CredentialKind.ROLE_SESSION)
_ROGUE: Final = ("identity provider", "omar.aziz", "noor.haddad", "svc-mirror")
_IN_ROLE: Final = f"in role {ROLE} in {PROD}"
_TRUST: Final = f"trust of role {ROLE} in {PROD}"

KILLS: Final = (
    of_key("aws.iam_key.deactivate"),
    of_key("aws.iam_key.rotate_to_secret", secret="orders/database"),
    Kill("aws.iam_key.delete", delete_key, (f"key of {ARMED}",), armed=PROD, dead_already=True),
    at("aws.iam_user.quarantine", f"of {ARMED}", armed=PROD, user=ARMED, account=PROD),
    at("aws.iam_user.revoke_sessions", f"of {ARMED}", armed=PROD, user=ARMED, account=PROD),
    at("aws.iam_user.set_boundary", f"of {ARMED}", armed=PROD, user=ARMED, account=PROD),
    at("aws.iam_role.lock_trust", _TRUST, armed=PROD, role=ROLE, account=PROD),
    at("aws.iam_role.prune_trust", _TRUST, armed=PROD, role=ROLE, account=PROD, trusted=OUTSIDE),
    at("aws.iam_role.quarantine", _IN_ROLE, armed=PROD, role=ROLE, account=PROD),
    at("aws.iam_role.revoke_sessions", _IN_ROLE, armed=PROD, role=ROLE, account=PROD),
    at(
        "aws.iam_role.deny_session",
        f"session of {VICTIM} {_IN_ROLE}",
        armed=PROD,
        role=ROLE,
        account=PROD,
        session=VICTIM,
    ),
    at("aws.org.quarantine_account", f"in {DATA}", f"of {ARMED}", armed=DATA, account=DATA),
    at(
        "aws.org.scp_deny_principal",
        f"session of {VICTIM} in role {ROLE} in {DATA}",
        armed=DATA,
        who=VICTIM,
    ),
    at(
        "aws.org.scp_deny_principal",
        f"session of {VICTIM} in role {ROLE} in {DATA}",
        armed=DATA,
        who="okta",
        by="provider",
    ),
    at(
        "aws.saml_provider.break",
        f"believed in {PROD}",
        plants=(CredentialKind.SAML_SIGNING_KEY,),
        armed=PROD,
        provider=f"arn:aws:iam::{PROD}:saml-provider/okta",
    ),
    # Credentials of a machine's role that were copied outlive whatever is done to the machine.
    Kill("aws.ec2_instance.stop", stop, ("machine's session",), _MACHINE),
    Kill("aws.ec2_instance.terminate", terminate, ("machine's session",), _MACHINE),
    Kill("aws.ec2_instance.detach_profile", detach_profile, ("machine's session",), _MACHINE),
    Kill("aws.ec2_instance.imdsv2", require_tokens, ("machine's session",), _MACHINE),
    at("okta.user.suspend", VICTIM, plants=_ALL_OF_OKTA, user=VICTIM),
    at("okta.user.deactivate", VICTIM, plants=_ALL_OF_OKTA, user=VICTIM),
    at("okta.user.expire_password", VICTIM, plants=_ALL_OF_OKTA, user=VICTIM),
    at("okta.user.revoke_sessions", VICTIM, plants=_ALL_OF_OKTA, user=VICTIM),
    at("okta.user.revoke_oauth", "Okta oauth", plants=_ALL_OF_OKTA, user=VICTIM),
    at("okta.user.universal_logout", VICTIM, plants=_ALL_OF_OKTA, user=VICTIM),
    Kill("okta.user.remove_factor", remove_factor, ("Okta factor",), _ALL_OF_OKTA),
    Kill(
        "okta.user.reset_factors",
        reset_factors,
        (f"Okta session of {VICTIM}", "Okta factor", "Okta oauth", "Okta API token"),
        _ALL_OF_OKTA,
        dead_already=True,
    ),
    Kill("okta.app.revoke_tokens", revoke_tokens, ("Okta oauth",), _ALL_OF_OKTA),
    Kill("okta.api_token.revoke", revoke_planted_token, ("Okta API token",), _ALL_OF_OKTA),
    on_rogue("okta.idp.deactivate"),
    on_rogue("okta.idp.unlink_users"),
)
