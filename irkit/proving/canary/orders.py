"""The block `canary:` of a test file: which identity, what is planted, who approves, and when not.

There is one identity, listed here and marked at its provider: a name alone could be anybody's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from irkit.decode import Fields, fields, heading, shown, text, unknown
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.proving.canary.plants import kinds, provider_of
from irkit.proving.canary.quiet import QuietHours
from irkit.yaml_strict import Node, ScalarNode

SEAT: Final = "seat."
"""An input that begins so is the id of the seat of that kind, once it is planted."""

_USER: Final = re.compile(
    r"arn:aws[\w-]*:iam::\d{12}:user/(?:[!-~]*/)?[\w+=,.@-]+|00u\w{17}|[^\s@/:]+@[^\s@/:]+"
)
_TAG: Final = re.compile(r"([^=\s]+)=(\S+)")
_MARKS: Final = {"aws": "irkit-canary=true", "okta": "userType=irkit-canary"}
"""A tag of the IAM user; an attribute of the Okta user's profile that Okta's schema has anyway."""

_TOKEN: Final = "okta_oauth_token"  # noqa: S105  # kinds of credential, as the ones below
_SESSION: Final = "get_session_token"
_KEY: Final = "long_term_key"
_FACTOR: Final = "okta_factor"
_WITHIN: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a canary does.

    `user` is the one identity: the ARN of an IAM user, or the login or id of an Okta user; `tag` is
    what it is marked with. `plant` are kinds of credential, in order; `oauth_client` is the client
    that refresh tokens are planted for. `inputs` are the playbook's, `answers` those to its manual
    steps, by step. `approve` maps people to the files of their keys. `within` is how soon each kind
    has to be dead. `soc` is how long the SOC has to say that it saw it; None if nobody is asked.
    """

    user: str
    tag: tuple[str, str]
    plant: tuple[str, ...]
    inputs: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    approve: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, timedelta] = field(default_factory=dict)
    quiet: tuple[QuietHours, ...] = ()
    soc: timedelta | None = None
    oauth_client: str = ""

    @property
    def provider(self) -> str:
        """Return the provider of the identity."""
        return provider_at(self.user)

    @property
    def mark(self) -> str:
        """Return what the identity is marked with, as it is written."""
        return "=".join(self.tag)

    def soon(self, kind: str) -> timedelta:
        """Return how soon a seat of `kind` has to be dead."""
        return self.within.get(kind, _WITHIN)

    def quiet_at(self, moment: datetime) -> QuietHours | None:
        """Return the quiet hours that cover `moment`, if any do."""
        return next((hours for hours in self.quiet if hours.covers(moment)), None)


def require_orders(orders: Orders | None, playbook: str) -> Orders:
    """Return the orders of a playbook's canary.

    Raises:
        IrkitError: IRK873 if there are none.
    """
    if orders is None:
        raise IrkitError(
            Diagnostic(
                code="IRK873",
                summary=f"no canary is described for `{playbook}`",
                help=f"write `canary:` in playbooks/{playbook}.test.yaml",
            )
        )
    return orders


def decode_canary(top: Fields) -> Orders | None:
    """Read `canary:` of a test file; None where there is none."""
    block = top.mapping("canary")
    if block is None:
        return None
    _one_target(block)
    user = _matching(block, "user", _USER, "the ARN of an IAM user or the login of an Okta user")
    orders = Orders(
        user=user,
        tag=_tag(block, provider_at(user)),
        plant=_plant(block, provider_at(user)),
        inputs=_texts(block, "inputs"),
        answers=_answers(block),
        approve=_texts(block, "approve"),
        within=_within(block),
        quiet=_quiet(block),
        soc=_soc(block),
        oauth_client=block.text("oauth_client", ""),
    )
    _client(block, orders)
    block.close()
    return orders


def provider_at(user: str) -> str:
    """Return the provider of an identity, from how it is written."""
    return "aws" if user.startswith("arn:") or not user else "okta"


def _client(block: Fields, orders: Orders) -> None:
    """A refresh token is a client's: it has to be named, and only for that."""
    node = block.node.get("oauth_client") or block.node.get("plant")
    wanted = _TOKEN in orders.plant
    if node is not None and wanted != bool(orders.oauth_client):
        summary = f"{_TOKEN} is planted for a client: name it as `oauth_client`"
        unused = f"`oauth_client` is for planting {_TOKEN}, which is not asked for"
        block.problems.add("IRK105", summary if wanted else unused, heading(node))


def _one_target(block: Fields) -> None:
    """A limit may be written, to be seen; there is no other one."""
    if block.integer("max_targets", 1) != 1:
        node = block.node.get("max_targets")
        assert node is not None, "it is another number"
        block.problems.add("IRK105", "a canary has one target: `max_targets` is 1", heading(node))


def _matching(
    block: Fields, key: str, pattern: re.Pattern[str], expected: str, default: str = ""
) -> str:
    found = block.text(key, default, required=not default)
    node = block.node.get(key)
    if node is not None and found and not pattern.fullmatch(found):
        block.problems.add("IRK105", f"{shown(found)} is not {expected}", heading(node))
    return found


def _tag(block: Fields, provider: str) -> tuple[str, str]:
    found = _matching(block, "tag", _TAG, "a mark: name=value", _MARKS[provider])
    name, _, value = found.partition("=")
    return name, value


def _plant(block: Fields, provider: str) -> tuple[str, ...]:
    block.require("plant")
    found = block.texts("plant")
    known = frozenset(kind for kind in kinds() if provider_of(kind) == provider)
    for node in _scalars(block, "plant"):
        if node.text not in known:
            summary = f"no canary plants {shown(node.text)} at {provider}"
            unknown(block.problems, "IRK105", summary, node, known)
    _after(block, found)
    return found


def _after(block: Fields, plants: tuple[str, ...]) -> None:
    """What is made with another credential comes after it; a factor, once there, is asked for."""
    order = {kind: number for number, kind in enumerate(plants)}
    node = block.node.get("plant")
    if node is None:
        return
    if _SESSION in order and order.get(_KEY, len(plants)) > order[_SESSION]:
        summary = "a session is minted with a key, and none is planted before it"
        block.problems.add("IRK871", summary, heading(node), help=f"write [{_KEY}, {_SESSION}]")
    if _FACTOR in plants[:-1]:
        summary = "who signs in once a factor is there is asked for it: plant it last"
        block.problems.add("IRK871", summary, heading(node), help=f"write {_FACTOR} at the end")


def _scalars(block: Fields, key: str) -> tuple[ScalarNode, ...]:
    node = block.node.get(key)
    items: tuple[Node, ...] = () if node is None else getattr(node, "items", (node,))
    return tuple(item for item in items if isinstance(item, ScalarNode))


def _texts(block: Fields, key: str) -> Mapping[str, str]:
    return {
        name.text: text(node, block.problems, f"`{name.text}`") for name, node in block.pairs(key)
    }


def _answers(block: Fields) -> Mapping[str, Mapping[str, str]]:
    found = {}
    for name, node in block.pairs("answers"):
        reader = fields(node, block.problems, f"the answer to `{name.text}`")
        if reader is not None:
            found[name.text] = {key.text: _said(value) for key, value in reader.node.items}
    return found


def _said(node: Node) -> str:
    """Return an answer as a person would type it."""
    return node.text if isinstance(node, ScalarNode) else ""


def _within(block: Fields) -> Mapping[str, timedelta]:
    inner = block.mapping("within")
    if inner is None:
        return {}
    found = {kind: soon for kind in sorted(kinds()) if (soon := inner.duration(kind)) is not None}
    inner.close()
    return found


def _quiet(block: Fields) -> tuple[QuietHours, ...]:
    found = []
    block.take("quiet")
    for node in _scalars(block, "quiet"):
        try:
            found.append(QuietHours.parse(node.text))
        except ValueError as error:
            block.problems.add("IRK105", str(error), node.span)
    return tuple(found)


def _soc(block: Fields) -> timedelta | None:
    inner = block.mapping("soc")
    if inner is None:
        return None
    within = inner.duration("within", required=True)
    inner.close()
    return within
