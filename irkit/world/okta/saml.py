"""SAML assertions for sign-on into AWS: issuing them, and checking them on the other side.

The signature is RSA-SHA256 over the exact bytes of the `saml2:Assertion` element. That is less
than XML Signature (no canonicalisation, no transforms), and enough here: both sides are ours, and
what matters is that a changed assertion, another org's key or a replaced provider is refused.
"""

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from irkit.clock import parse_rfc3339, rfc3339
from irkit.world.okta.keys import OrgKeys

AUDIENCE: Final = "https://signin.aws.amazon.com/saml"
ATTRIBUTE: Final = "https://aws.amazon.com/SAML/Attributes/"
VALID: Final = timedelta(minutes=5)

NAMESPACES: Final = {
    "saml2": "urn:oasis:names:tc:SAML:2.0:assertion",
    "saml2p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
}
_ASSERTION: Final = re.compile(rb"<saml2:Assertion .*</saml2:Assertion>", re.DOTALL)


class SamlError(ValueError):
    """A SAML response that is not to be believed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an assertion says.

    Attributes:
        id: The assertion's id.
        issuer: Entity id of the identity provider.
        name_id: The subject: the user's login.
        session_name: `RoleSessionName`.
        roles: `role_arn,provider_arn` pairs.
        session_seconds: `SessionDuration`.
        at: When it was issued.
        audience: Whom it is for.
    """

    id: str
    issuer: str
    name_id: str
    session_name: str
    roles: tuple[str, ...]
    session_seconds: int
    at: datetime
    audience: str = AUDIENCE

    def role_arns(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of role ARN and provider ARN."""
        pairs = (role.partition(",") for role in self.roles)
        return tuple((role.strip(), provider.strip()) for role, _, provider in pairs)


def entity_id(app_id: str) -> str:
    """Return the entity id under which an application's assertions are issued."""
    return f"http://www.okta.com/{app_id}"


def issue(statement: Statement, keys: OrgKeys) -> str:
    """Return a base64 SAML response with `statement`, signed with the org's key."""
    assertion = _assertion(statement)
    signature = keys.sign(assertion.encode())
    return response(assertion, signature, id_=statement.id, at=statement.at, to=AUDIENCE)


def response(assertion: str, signature: bytes, *, id_: str, at: datetime, to: str) -> str:
    """Return a base64 SAML response that carries a signed assertion."""
    signed = base64.b64encode(signature).decode()
    document = (
        f'<saml2p:Response xmlns:saml2p="{NAMESPACES["saml2p"]}" Destination="{escape(to)}"'
        f' ID="r{id_}" IssueInstant="{rfc3339(at)}" Version="2.0">'
        "<saml2p:Status><saml2p:StatusCode"
        ' Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>'
        f"{assertion}"
        f'<ds:Signature xmlns:ds="{NAMESPACES["ds"]}">'
        f"<ds:SignatureValue>{signed}</ds:SignatureValue></ds:Signature>"
        "</saml2p:Response>"
    )
    return base64.b64encode(document.encode()).decode()


def metadata(issuer: str, certificate: str, base: str) -> str:
    """Return the metadata document that AWS keeps for a SAML provider."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<md:EntityDescriptor xmlns:md="{NAMESPACES["md"]}" entityID="{escape(issuer)}">'
        '<md:IDPSSODescriptor WantAuthnRequestsSigned="false"'
        ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{NAMESPACES["ds"]}"><ds:X509Data>'
        f"<ds:X509Certificate>{certificate}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
        f' Location="{escape(base)}/app/amazon_aws/sso/saml"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def verify(document: str, provider_metadata: str, now: datetime) -> Statement:
    """Return what a base64 SAML response says, if the provider's metadata vouches for it.

    Raises:
        SamlError: if it is malformed, from another issuer, not signed with the provider's key, for
            another audience, or not valid at `now`.
    """
    issuer, certificate = _provider(provider_metadata)
    statement, expires = _read(vouched_for(document, certificate))
    if statement.issuer != issuer:
        raise SamlError(f"the issuer {statement.issuer} is not {issuer}")
    if statement.audience != AUDIENCE:
        raise SamlError(f"the audience {statement.audience} is not AWS")
    if not statement.at - VALID <= now < expires:
        raise SamlError("the assertion is not valid at this time")
    return statement


def vouched_for(document: str, certificate: str) -> ET.Element:
    """Return the assertion of a base64 SAML response, if the holder of `certificate` signed it.

    Raises:
        SamlError: if it is malformed, or signed with another key.
    """
    try:
        response = base64.b64decode(document, validate=True)
    except ValueError as error:
        raise SamlError("the response is not base64") from error
    found = _ASSERTION.search(response)
    if found is None:
        raise SamlError("the response has no assertion")
    signature = _xml(response).findtext("ds:Signature/ds:SignatureValue", "", NAMESPACES)
    key = certified_key(certificate)
    try:
        key.verify(base64.b64decode(signature), found[0], padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError) as error:
        raise SamlError("the signature is not the provider's") from error
    return _xml(found[0])


def certified_key(certificate: str) -> rsa.RSAPublicKey:
    """Return the RSA key of a base64 DER certificate.

    Raises:
        SamlError: if it is no certificate, or one of another kind of key.
    """
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(certificate)).public_key()
    except ValueError as error:
        raise SamlError("the provider has no certificate") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise SamlError("the provider's key is not RSA")
    return key


def _provider(document: str) -> tuple[str, str]:
    root = _xml(document.encode())
    return root.get("entityID", ""), root.findtext(".//ds:X509Certificate", "", NAMESPACES)


def _xml(document: bytes) -> ET.Element:
    try:
        return ET.fromstring(document)  # noqa: S314  # the parser resolves no external entities
    except ET.ParseError as error:
        raise SamlError(f"not XML: {error}") from error


def _read(assertion: ET.Element) -> tuple[Statement, datetime]:
    def text(path: str) -> str:
        return assertion.findtext(path, "", NAMESPACES)

    def values(name: str) -> tuple[str, ...]:
        path = f".//saml2:Attribute[@Name='{ATTRIBUTE}{name}']/saml2:AttributeValue"
        return tuple(item.text or "" for item in assertion.findall(path, NAMESPACES))

    conditions = assertion.find("saml2:Conditions", NAMESPACES)
    if conditions is None:
        raise SamlError("the assertion has no conditions")
    try:
        statement = Statement(
            id=assertion.get("ID", ""),
            issuer=text("saml2:Issuer"),
            name_id=text("saml2:Subject/saml2:NameID"),
            session_name=values("RoleSessionName")[0],
            roles=values("Role"),
            session_seconds=int(values("SessionDuration")[0]),
            at=parse_rfc3339(assertion.get("IssueInstant", "")),
            audience=text("saml2:Conditions/saml2:AudienceRestriction/saml2:Audience"),
        )
        return statement, parse_rfc3339(conditions.get("NotOnOrAfter", ""))
    except (IndexError, ValueError) as error:
        raise SamlError(f"the assertion is incomplete: {error}") from error


def _assertion(statement: Statement) -> str:
    at, end = rfc3339(statement.at), rfc3339(statement.at + VALID)
    begin = rfc3339(statement.at - VALID)
    name = escape(statement.name_id)
    return (
        f'<saml2:Assertion xmlns:saml2="{NAMESPACES["saml2"]}" ID="{statement.id}"'
        f' IssueInstant="{at}" Version="2.0">'
        f"<saml2:Issuer>{escape(statement.issuer)}</saml2:Issuer>"
        f"<saml2:Subject><saml2:NameID>{name}</saml2:NameID><saml2:SubjectConfirmation"
        ' Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData'
        f' NotOnOrAfter="{end}" Recipient="{AUDIENCE}"/></saml2:SubjectConfirmation>'
        "</saml2:Subject>"
        f'<saml2:Conditions NotBefore="{begin}" NotOnOrAfter="{end}"><saml2:AudienceRestriction>'
        f"<saml2:Audience>{escape(statement.audience)}</saml2:Audience>"
        "</saml2:AudienceRestriction></saml2:Conditions>"
        "<saml2:AttributeStatement>"
        + _attribute("Role", statement.roles)
        + _attribute("RoleSessionName", (statement.session_name,))
        + _attribute("SessionDuration", (str(statement.session_seconds),))
        + "</saml2:AttributeStatement></saml2:Assertion>"
    )


def _attribute(name: str, values: tuple[str, ...]) -> str:
    shown = "".join(
        f"<saml2:AttributeValue>{escape(value)}</saml2:AttributeValue>" for value in values
    )
    return f'<saml2:Attribute Name="{ATTRIBUTE}{name}">{shown}</saml2:Attribute>'
