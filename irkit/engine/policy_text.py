"""What changes between two policies, as the exact text its approvers sign: `irkit.policy/v1`.

It depends on the two policies and nothing else, and is ASCII throughout, so that it can be made
again years later and compared. Every fact of a policy is one line; what is not there before and
after alike is shown with `-` or `+`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from irkit.canonical import Json, JsonObject, canonical, digest
from irkit.model.visible import ascii_only
from irkit.trail import wire
from irkit.trail.allowed_signers import parse_line

VERSION: Final = "irkit.policy/v1"
REARRANGED: Final = "the same facts in another order, or with other comments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The lines of one section that go and those that come."""

    section: str
    gone: tuple[str, ...]
    come: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"section": self.section, "gone": list(self.gone), "come": list(self.come)}


def differences(old: JsonObject, new: JsonObject) -> tuple[Difference, ...]:
    """Return what differs, section by section; nothing where the policies are the same."""
    before, after = _plain(old), _plain(new)
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name in before and name in after and _same(before[name], after[name]):
            continue
        was = tuple(_lines(name, before[name])) if name in before else ()
        now = tuple(_lines(name, after[name])) if name in after else ()
        gone = tuple(line for line in was if line not in now)
        come = tuple(line for line in now if line not in was)
        if not gone and not come:
            come = (REARRANGED,)
        found.append(Difference(section=name, gone=gone, come=come))
    return tuple(found)


def _same(one: Json, other: Json) -> bool:
    """Compare as the digest does: for Python `False` is `0`."""
    return canonical(one) == canonical(other)


def policy_text(old: JsonObject, new: JsonObject, *, origin: str, requester: str) -> str:
    """Return the text for approving `new` in the place of `old`."""
    lines = [VERSION, f"trail: {ascii_only(origin)}", f"mode: {ascii_only(str(new.get('mode')))}"]
    lines += [f"requester: {ascii_only(requester)}", f"from: {digest(old)}", f"to: {digest(new)}"]
    for item in differences(old, new):
        lines += ["", f"{item.section}:"]
        lines += [f"  - {line}" for line in item.gone]
        lines += [f"  + {line}" for line in item.come]
    return "\n".join([*lines, ""])


def signer_text(line: str) -> str:
    """Return a line of allowed_signers in words: who, kind of key, fingerprint, options."""
    try:
        signer = parse_line(line)
    except ValueError:
        return ascii_only(line)
    said = [",".join(signer.principals), wire.key_type(signer.key), signer.fingerprint]
    if signer.namespaces:
        said.append(f"for {','.join(signer.namespaces)}")
    if signer.valid_after:
        said.append(f"from {signer.valid_after:%Y-%m-%dT%H:%M:%SZ}")
    if signer.valid_before:
        said.append(f"until {signer.valid_before:%Y-%m-%dT%H:%M:%SZ}")
    return ascii_only(" ".join(said))


def _plain(policy: JsonObject) -> Mapping[str, Json]:
    found: dict[str, Json] = json.loads(canonical(policy))
    return found


def _lines(section: str, value: Json) -> Iterator[str]:
    match section, value:
        case "signers", list():
            yield from (signer_text(_line_of(item)) for item in value)
        case "pins", list():
            yield from (_pin(cast("Mapping[str, str]", item)) for item in value)
        case "roles", dict():
            for role, members in value.items():
                listed = cast("list[str]", members)
                yield from (ascii_only(f"{role}: {name}") for name in listed)
        case _, list():
            yield from (_said(item) for item in value)
        case _, dict():
            yield from _leaves("", value)
        case _:
            yield _said(value)


def _leaves(path: str, value: Json) -> Iterator[str]:
    """Yield one line for each member that is no object of objects."""
    if isinstance(value, Mapping) and any(isinstance(item, Mapping) for item in value.values()):
        for key, item in value.items():
            yield from _leaves(f"{path}{key}.", item)
    elif isinstance(value, Mapping) and not path:
        yield from (f"{ascii_only(key)}: {_said(item)}" for key, item in value.items())
    else:
        yield f"{ascii_only(path.removesuffix('.'))}: {_said(value)}"


def _line_of(item: Json) -> str:
    return str(item.get("line")) if isinstance(item, Mapping) else str(item)


def _pin(pin: Mapping[str, str]) -> str:
    return ascii_only(f"{pin['kind']}:{pin['pattern']} {pin['tenant']} {pin['id']} {pin['label']}")


def _said(value: Json) -> str:
    if isinstance(value, str):
        return ascii_only(value)
    return ascii_only(json.dumps(value, sort_keys=True, separators=(", ", ": ")))
