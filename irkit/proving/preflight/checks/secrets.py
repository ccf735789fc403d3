"""Can every secret be read, by irkit alone, and is none too old?

Ages are those of files here and of keys and tokens at the providers; a variable of the environment
has none. A token that is about to expire is told whatever is asked.
"""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from irkit.actions.arn import principal
from irkit.actions.shape import entries, maybe_text, text
from irkit.canonical import Json
from irkit.clock import parse_rfc3339, words
from irkit.diagnostics import IrkitError
from irkit.engine.checking import Finding, State, bad, good
from irkit.proving.preflight.site import Site
from irkit.workspace.config import (
    AwsConnection,
    Connection,
    KeySource,
    OktaConnection,
    SecretReference,
    TokenAuth,
)
from irkit.workspace.secrets import resolve

_SOON: Final = timedelta(days=7)
_USER: Final = ":user/"


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield one line for each secret of the connections that the playbook needs."""
    for provider in sorted(site.needs):
        for connection in site.used(provider):
            for reference in _references(connection):
                yield _read(site, reference)
        for connection in site.open(provider):
            async for finding in _at_provider(site, connection):
                yield finding


def _references(connection: Connection) -> Iterator[SecretReference]:
    match connection:
        case OktaConnection(auth=auth):
            yield auth.token if isinstance(auth, TokenAuth) else auth.private_key
        case AwsConnection(source=KeySource() as source):
            yield source.secret_access_key
            if source.session_token is not None:
                yield source.session_token
        case AwsConnection():
            return


def _read(site: Site, reference: SecretReference) -> Finding:
    root = site.session.workspace.root
    try:
        resolve(reference, root=root, environment=os.environ)
    except IrkitError as error:
        return bad("secrets", error.diagnostics[0])
    if reference.scheme != "file":
        return good("secrets", f"{reference} can be read")
    changed = (root / Path(reference.name).expanduser()).stat().st_mtime
    since = site.session.clock() - datetime.fromtimestamp(changed, UTC)
    return _aged(site, f"{reference}", since)


async def _at_provider(site: Site, connection: Connection) -> AsyncIterator[Finding]:
    match connection:
        case OktaConnection(auth=TokenAuth()):
            reply = await site.readers(connection).okta.get("/api/v1/api-tokens/current")
            yield _token(site, reply.body)
        case AwsConnection(source=KeySource()) if connection.accounts:
            async for finding in _key(site, connection):
                yield finding
        case _:
            return


def _token(site: Site, token: Json) -> Finding:
    now = site.session.clock()
    name = f"the Okta token `{maybe_text(token, 'name')}`"
    expires = maybe_text(token, "expiresAt")
    if expires and parse_rfc3339(expires) - now < _SOON:
        return Finding(
            subject="secrets",
            state=State.BAD,
            what=f"{name} expires in {words(parse_rfc3339(expires) - now)}",
            remedy="use it, or make a new one: an Okta token expires after 30 days without use",
        )
    return _aged(site, name, now - parse_rfc3339(text(token, "created")))


async def _key(site: Site, connection: AwsConnection) -> AsyncIterator[Finding]:
    """Tell the age of the first key, where it is a user's in an account of the connection."""
    reader = site.readers(connection).aws
    account = connection.accounts[0].id
    arn = text(await reader.caller(account), "Source", "Arn")
    if _USER not in arn:
        return
    who = principal("user", arn)
    if who.account not in reader.accounts():
        return
    reply = await reader.call(
        "iam", "list_access_keys", {"UserName": who.name}, account=who.account
    )
    assert isinstance(connection.source, KeySource)
    for key in entries(reply.body, "AccessKeyMetadata"):
        if key["AccessKeyId"] == connection.source.access_key_id:
            made = parse_rfc3339(text(key, "CreateDate"))
            yield _aged(site, f"the key {key['AccessKeyId']}", site.session.clock() - made)


def _aged(site: Site, what: str, age: timedelta) -> Finding:
    most = site.demands.secret_age
    old = words(max(age, timedelta()))
    if most is not None and age > most:
        return Finding(
            subject="secrets",
            state=State.BAD,
            what=f"{what} is {old} old, more than {words(most)}",
            remedy="make a new one, put it in the old one's place, and withdraw the old one",
        )
    return good("secrets", f"{what} is in order, {old} old")
