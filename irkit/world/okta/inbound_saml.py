"""Assertions of identity providers outside, which the org may trust: made there, read here.

Signed and read as those of the org itself (see `saml`), but for the org: an entity id and a key
are all that a provider is, and who holds the key says who anybody is.
"""

import base64
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from irkit.clock import parse_rfc3339, rfc3339
from irkit.world.okta.saml import NAMESPACES, VALID, SamlError, response, vouched_for

_CENTURY: Final = timedelta(days=36500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a provider says of somebody: the name it knows them by, and attributes."""

    name_id: str
    issuer: str
    audience: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutsideProvider:
    """An identity provider of somebody else: its entity id and its private key."""

    issuer: str
    key: rsa.RSAPrivateKey

    @classmethod
    def new(cls, issuer: str) -> Self:
        """Return a provider with a key of its own."""
        return cls(issuer, rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @classmethod
    def read(cls, issuer: str, pem: str) -> Self:
        """Return the provider whose private key `pem` is."""
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise SamlError("the provider's key is not RSA")
        return cls(issuer, key)

    def pem(self) -> str:
        """Return the private key, to be kept with a seat."""
        form = serialization.PrivateFormat.PKCS8
        made = self.key.private_bytes(
            serialization.Encoding.PEM, form, serialization.NoEncryption()
        )
        return made.decode()

    def certificate(self) -> str:
        """Return the certificate as base64 DER, as a trusting org is given it."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.issuer[:64])])
        start = datetime(2020, 1, 1, tzinfo=UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(start)
            .not_valid_after(start + _CENTURY)
            .sign(self.key, hashes.SHA256())
        )
        return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()

    def vouch(self, name_id: str, *, idp_id: str, at: datetime, **attributes: str) -> str:
        """Return a base64 SAML response that says: this is `name_id`."""
        audience = audience_of(idp_id)
        content = Vouched(
            name_id=name_id, issuer=self.issuer, audience=audience, attributes=attributes
        )
        assertion = _assertion(content, at)
        signature = self.key.sign(assertion.encode(), padding.PKCS1v15(), hashes.SHA256())
        return response(assertion, signature, id_="outside", at=at, to=audience)


def audience_of(idp_id: str) -> str:
    """Return what the org calls itself towards the provider `idp_id`."""
    return f"https://www.okta.com/saml2/service-provider/{idp_id}"


def read(document: str, certificate: str, now: datetime) -> Vouched:
    """Return what a base64 SAML response says, if the holder of `certificate` signed it.

    Raises:
        SamlError: if it is malformed, signed with another key, or not valid at `now`.
    """
    assertion = vouched_for(document, certificate)
    conditions = assertion.find("saml2:Conditions", NAMESPACES)
    if conditions is None:
        raise SamlError("the assertion has no conditions")
    try:
        begin, end = (
            parse_rfc3339(conditions.get(name, "")) for name in ("NotBefore", "NotOnOrAfter")
        )
    except ValueError as error:
        raise SamlError(f"the assertion is incomplete: {error}") from error
    if not begin <= now < end:
        raise SamlError("the assertion is not valid at this time")
    audience = "saml2:Conditions/saml2:AudienceRestriction/saml2:Audience"
    return Vouched(
        name_id=_text(assertion, "saml2:Subject/saml2:NameID"),
        issuer=_text(assertion, "saml2:Issuer"),
        audience=_text(assertion, audience),
        attributes={
            item.get("Name", ""): _text(item, "saml2:AttributeValue")
            for item in assertion.iterfind(".//saml2:Attribute", NAMESPACES)
        },
    )


def _text(element: ET.Element, path: str) -> str:
    return element.findtext(path, "", NAMESPACES)


def _assertion(content: Vouched, at: datetime) -> str:
    attributes = "".join(
        f"<saml2:Attribute Name={quoteattr(name)}>"
        f"<saml2:AttributeValue>{escape(value)}</saml2:AttributeValue></saml2:Attribute>"
        for name, value in content.attributes.items()
    )
    return (
        f'<saml2:Assertion xmlns:saml2="{NAMESPACES["saml2"]}" ID="outside"'
        f' IssueInstant="{rfc3339(at)}" Version="2.0">'
        f"<saml2:Issuer>{escape(content.issuer)}</saml2:Issuer>"
        f"<saml2:Subject><saml2:NameID>{escape(content.name_id)}</saml2:NameID></saml2:Subject>"
        f'<saml2:Conditions NotBefore="{rfc3339(at - VALID)}"'
        f' NotOnOrAfter="{rfc3339(at + VALID)}"><saml2:AudienceRestriction>'
        f"<saml2:Audience>{escape(content.audience)}</saml2:Audience>"
        "</saml2:AudienceRestriction></saml2:Conditions>"
        f"<saml2:AttributeStatement>{attributes}</saml2:AttributeStatement></saml2:Assertion>"
    )
