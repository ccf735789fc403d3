"""Who may see which page: a code for each role, and what a browser keeps once it gave one.

No account, no password, no identity provider. Everything derives from one secret beside the trail
and from the drill's name: the codes of one drill open no other, and open pages outlive a crash.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROJECTOR: Final = ""
"""The role of the projector: it sees what everybody may know, and does nothing."""

KEY: Final = "drill-pages.key"
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH: Final = 8
_MISREAD: Final = str.maketrans({" ": "", "-": ""})
_KEY_SIZE: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a page: a name that people call them by, and the role whose code they gave."""

    role: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The doors of one drill."""

    drill: str
    secret: bytes = field(repr=False)

    def code(self, role: str) -> str:
        """Return the code of a role, such as `K7QF-2M9X`."""
        letters = "".join(_ALPHABET[byte % 32] for byte in self._mac("code", role)[:_LENGTH])
        return f"{letters[:4]}-{letters[4:]}"

    def role_of(self, said: str, roles: Iterable[str]) -> str | None:
        """Return the role whose code somebody gave; it takes as long whatever they gave."""
        given = said.upper().translate(_MISREAD).encode()
        found = None
        for role in roles:
            if hmac.compare_digest(given, self.code(role).translate(_MISREAD).encode()):
                found = role
        return found

    def admit(self, holder: Holder) -> str:
        """Return what a browser keeps, and shows with each request."""
        said = json.dumps([holder.role, holder.name, secrets.token_hex(8)]).encode()
        return f"{_text(said)}.{_text(self._mac('page', said.decode()))}"

    def holder(self, kept: str) -> Holder | None:
        """Return who shows this, None for what was not given out for this drill."""
        said, _, proof = kept.partition(".")
        try:
            body, mac = urlsafe_b64decode(said), urlsafe_b64decode(proof)
            if not hmac.compare_digest(mac, self._mac("page", body.decode())):
                return None
        except (Error, ValueError):
            return None
        role, name, _ = json.loads(body)
        return Holder(role=role, name=name)

    def form(self, kept: str) -> str:
        """Return what each form of a page carries: no other site can know it."""
        return _text(self._mac("form", kept))

    def is_own_form(self, kept: str, carried: str) -> bool:
        """Say whether a form came from a page of this holder."""
        return hmac.compare_digest(self.form(kept).encode(), carried.encode())

    def _mac(self, what: str, text: str) -> bytes:
        said = json.dumps([what, self.drill, text]).encode()
        return hmac.digest(self.secret, said, hashlib.sha256)


def secret_in(folder: Path) -> bytes:
    """Return the secret of a workspace's pages, made at the first use."""
    path = folder / KEY
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(made := secrets.token_bytes(_KEY_SIZE))
    return made


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()
