"""What the intruder does with an identity provider of its own that the org trusts."""

from collections.abc import Mapping

from irkit.drill.adversary.hands import Hands
from irkit.drill.adversary.holdings import Got, Item
from irkit.drill.scenario.model import Holding
from irkit.model.access import CredentialKind
from irkit.world import rogue_provider
from irkit.world.okta.inbound_saml import OutsideProvider


def add_provider(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Let the org trust a provider of the intruder's, by an administrator's right."""
    assert using is not None
    by_token = using.held.kind is Holding.OKTA_TOKEN
    token = using.secret("token") if by_token else ""
    admin = hands.browser if by_token else hands.signed_in(using)
    provider = OutsideProvider.new(rogue_provider.ISSUER)
    idp = rogue_provider.add_provider(admin, provider, token=token)
    seat = rogue_provider.provider_seat(admin, provider, idp)
    return Got(seat=seat, made={"providers": (idp,)})


def come_through(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:
    """Come in as somebody, by the provider's word: no password, no factor."""
    assert using is not None
    login = hands.entities[given["user"]].name
    provider = OutsideProvider.read(using.secret("issuer"), using.secret("key"))
    sid = hands.browser.come_through(provider, using.secret("idp_id"), login)
    return Got(seat=hands.okta_seat(CredentialKind.OKTA_SESSION, login, sid=sid), login=login)
