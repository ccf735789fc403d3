"""Can every secret be read, by irkit alone, and is none too old?

Ages are those of files here and of keys and tokens at the providers; a variable of the environment
has none. A token that is about to expire is told whatever is asked.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from irkit.actions.arn import principal
from irkit.actions.shape import entries, maybe_text, text
from irkit.canonical import Json
from irkit.clock import parse_rfc3339, words
from irkit.engine.checking import Finding, State, good, secret
from irkit.proving.preflight.site import Site
from irkit.workspace.config import (
    AwsConnection,
    Connection,
    KeySource,
    OktaConnection,
    SecretReference,
    TokenAuth,
)
from irkit.workspace.secrets import references

_SOON: Final = timedelta(days=7)
_USER: Final = ":user/"


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield one line for each secret of the connections that the playbook needs."""
    for provider in sorted(site.needs):
        for connection in site.used(provider):
            for reference in references(connection):
                yield await _read(site, reference)
        for connection in site.open(provider):
            async for finding in _at_provider(site, connection):
                yield finding


async def _read(site: Site, reference: SecretReference) -> Finding:
    finding = await secret(site.session, reference, subject="secrets")
    if reference.scheme != "file" or finding.state is not State.GOOD:
        return finding
    return _aged(site, f"{reference}", _age_of_file(site, reference))


def _age_of_file(site: Site, reference: SecretReference) -> timedelta:
    path = site.session.workspace.root / Path(reference.name).expanduser()
    return site.session.clock() - datetime.fromtimestamp(path.stat().st_mtime, UTC)


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
