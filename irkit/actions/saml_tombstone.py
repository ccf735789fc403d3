"""SAML metadata that vouches for nobody: what a broken identity provider is left with.

Its certificate holds the number RSA-2048 of the RSA Factoring Challenge. Its factors were destroyed
when it was published, so nobody holds the private key: not irkit's authors, not whoever breaks the
provider. Everybody can compare the number. That the certificate is always the same is what lets
irkit see that a provider is broken.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Final

_CERTIFICATE: Final = (
    "MIIC9DCCAdygAwIBAgICCAAwDQYJKoZIhvcNAQELBQAwPDE6MDgGA1UEAwwxbm9ib2R5IGhvbGRzIHRoaXMga2V5"
    "IChSU0EtMjA0OCBjaGFsbGVuZ2UgbnVtYmVyKTAgFw0wMDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowPDE6"
    "MDgGA1UEAwwxbm9ib2R5IGhvbGRzIHRoaXMga2V5IChSU0EtMjA0OCBjaGFsbGVuZ2UgbnVtYmVyKTCCASIwDQYJ"
    "KoZIhvcNAQEBBQADggEPADCCAQoCggEBAMeXDO7cw7B1RJAgGnqmE81zkRCBx5D18ahyb0Y1ULtbf/Dbjh6hGJ7H"
    "L5PRZQARvXIa7qzCrN4yoEEH8GSMKBOjH1sLd2X/i0S0tv/JM4S2RusJx89ehZLUDqM8gAOfNbTxSgS1H3v9eBvk"
    "0WcxZLqOuZHCxNcwu7419ZK971JK9+ja79JsZvwCxHmvidZNNz9EJwlDneZs65VfPqN9UVn2E1gJ+FM0tcsYE63c"
    "gM0FYJ8QrGqVrWWHLJCVJb2tMrxylZJkKSDyTGHcWzw7eSPlaxak2dNz2HIfJKP8DxsxMfVWFRcoZrzMMPlQVMgk"
    "5zOl62gX97wWOZ1IxjYcx+UCAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAhNWwI20TADNo61ApslMFMngttE1hP9di"
    "rZD5X3t0W1EJ2TEkFqUQ63yhykj7QOe+cgwUpex2xIsOa9ogEGoaJATPg7Cophk4Gj7k0qtjPIASuA/lir1BeIj/"
    "K/CwgwjQEpGJEHoyJiZ+Eq52HPYAPIV3fV2A1jO5InN7oP3JwQBtnd5sYvifkmBewQXRAOk8i9Rx5Mjxll40H6uL"
    "qFVIul8l6Mh9gSjBEpHp8TnCJPmgZBcarrPPZcXzSgvFt/dlrc3iAta5UisMFnt6Ql4i/AOPaAqhdDFEuY+1SqiA"
    "013luI4JR18TjO5YkJjqTekXH1ueyyTBTfu0BVXXF8+ToA=="
)
"""DER as base64; its own signature is by a key that was made for it and thrown away."""

_ENTITY_ID: Final = re.compile(
    r"""<[\w.:-]*EntityDescriptor\b[^>]*\bentityID\s*=\s*(["'])(.+?)\1"""
)
_SIGNING: Final = re.compile(r"X509Certificate\s*>([A-Za-z0-9+/=\s]+)<")
_PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"


def entity_id(metadata: str) -> str:
    """Return the entity id of a metadata document as it is written there; empty without one."""
    found = _ENTITY_ID.search(metadata)
    return found[2] if found else ""


def fingerprints(metadata: str) -> Iterator[str]:
    """Yield the SHA-256 fingerprints of the certificates by which a metadata document believes."""
    for found in _SIGNING.finditer(metadata):
        try:
            der = base64.b64decode("".join(found[1].split()), validate=True)
        except binascii.Error:
            continue
        yield hashlib.sha256(der).hexdigest()


def tombstone(entity: str) -> str:
    """Return the metadata document under which nobody can sign in as `entity`.

    The entity id stays, because AWS keeps it; `entity` is as `entity_id` returned it.
    """
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        f' entityID="{entity}">'
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{_PROTOCOL}">'
        '<md:KeyDescriptor use="signing">'
        '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
        f"<ds:X509Certificate>{_CERTIFICATE}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
        ' Location="https://irkit.invalid/broken"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )
