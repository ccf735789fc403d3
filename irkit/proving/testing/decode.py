"""Text of a test file in, `Suite` out, with everything that is wrong with it.

A case that `extends` another starts from all of it; what it writes itself counts instead, and
`inputs`, `answers` and `expect` key by key. That is done on the nodes, so that every message still
points at the line that somebody wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from irkit import assets, yaml_strict
from irkit.decode import Fields, Problems, fields, heading, shown, text, unknown, wrong
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.lang import decode as language
from irkit.model.playbook import Playbook
from irkit.proving.canary.orders import decode_canary
from irkit.proving.policy import decode_policy
from irkit.proving.preflight.demands import decode_preflight
from irkit.proving.regime import ENDING
from irkit.proving.testing.cases import CaseReader
from irkit.proving.testing.names import Names
from irkit.proving.testing.suite import Case, Setting, Suite, Sweeps
from irkit.proving.testing.worlds import read_worlds
from irkit.yaml_strict import MappingNode, Node, ScalarNode

FORMAT: Final = 1
_TOGETHER: Final = frozenset({"inputs", "answers", "expect"})
_OWN: Final = frozenset({"name", "extends"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What came of a file: the suite if it has no errors, and all that was found."""

    suite: Suite | None
    diagnostics: tuple[Diagnostic, ...]


def decode(data: bytes, file: str, playbook: Playbook | None) -> Decoded:
    """Decode a test file; `playbook` is the one it tests, None where that cannot be read."""
    node, found = yaml_strict.load_bytes(data, file)
    problems = Problems(found)
    suite = None
    if node is not None:
        top = fields(node, problems, "a test file")
        suite = _suite(top, problems, playbook, file) if top else None
    if problems:
        suite = None
    return Decoded(suite=suite, diagnostics=tuple(dict.fromkeys(problems.all())))


def tested_by(test: Path) -> Path:
    """Return the playbook of a test file: the one beside it, or a shipped one of its name.

    Raises:
        IrkitError: if there is none.
    """
    return assets.find_playbook(test.name.removesuffix(ENDING), test.parent, test.parent)


def playbook_of(test: Path) -> Playbook | None:
    """Read the playbook of a test file; None where it is not there or has errors of its own."""
    try:
        path = tested_by(test)
        return language.playbook_bytes(path.read_bytes(), str(path)).playbook
    except (IrkitError, OSError):
        return None


def _suite(top: Fields, problems: Problems, playbook: Playbook | None, file: str) -> Suite:
    _format(top, problems)
    tested = _tested(top, problems, playbook, file)
    names = Names(playbook)
    worlds = read_worlds(top)
    cases = _cases(top, problems, names, worlds)
    sweeps = _sweeps(top, cases)
    policy = decode_policy(top)
    decode_preflight(top)
    decode_canary(top)
    top.close()
    return Suite(
        playbook=tested,
        cases=cases,
        policy=policy,
        sweeps=sweeps,
        file=file,
    )


def _format(top: Fields, problems: Problems) -> None:
    node = top.require("irkit")
    if node is not None and not (isinstance(node, ScalarNode) and node.value == FORMAT):
        problems.add(
            "IRK110",
            "this version of irkit reads test format 1 only",
            heading(node),
            help="write `irkit: 1`",
        )


def _tested(top: Fields, problems: Problems, playbook: Playbook | None, file: str) -> str:
    tested = top.text("tests", required=True)
    node = top.node.get("tests")
    beside_it = Path(file).name.removesuffix(ENDING)
    if node is None:
        return tested
    if playbook is None:
        problems.add(
            "IRK813",
            f"there is no playbook {beside_it}.yaml for this file that can be read",
            heading(node),
            help="a test stands beside its playbook; irkit new makes both",
        )
    elif tested != playbook.id:
        problems.add(
            "IRK813",
            f"this file says {shown(tested)} and is named after `{playbook.id}`",
            heading(node),
            help=f"write `tests: {playbook.id}`",
        )
    return tested


def _cases(
    top: Fields, problems: Problems, names: Names, worlds: Mapping[str, Setting]
) -> tuple[Case, ...]:
    nodes = _by_name(top, problems)
    reader = CaseReader(problems, names, worlds)
    found = []
    for name, node in nodes.items():
        merged = _extended(name, node, nodes, problems)
        if merged is not None:
            found.append(reader.read(merged))
    return tuple(found)


def _by_name(top: Fields, problems: Problems) -> Mapping[str, MappingNode]:
    found: dict[str, MappingNode] = {}
    items = top.sequence("unit")
    if not items and (place := top.node.key("unit")) is not None:
        problems.add("IRK810", "there is no case in `unit`", place.span)
    for item in items:
        if not isinstance(item, MappingNode):
            wrong(item, problems, "a case", "a mapping")
            continue
        node = item.get("name")
        if node is None:
            problems.add("IRK104", "a case has no `name`", heading(item))
            continue
        name = text(node, problems, "`name`")
        if name in found:
            problems.add("IRK108", f"the case {shown(name)} is there twice", node.span)
        found[name] = item
    return found


def _extended(
    name: str, node: MappingNode, nodes: Mapping[str, MappingNode], problems: Problems
) -> MappingNode | None:
    """Return a case's node with what it extends below it; None where that leads nowhere."""
    chain, names = [node], [name]
    while (place := chain[-1].get("extends")) is not None:
        base = text(place, problems, "`extends`")
        if base in names:
            problems.add("IRK811", f"the case {shown(base)} extends itself", place.span)
            return None
        if base not in nodes:
            _no_such_case(place, base, nodes, problems)
            return None
        names.append(base)
        chain.append(nodes[base])
    merged = chain[-1]
    for above in reversed(chain[:-1]):
        merged = _over(above, merged)
    return merged


def _no_such_case(
    place: Node, base: str, nodes: Mapping[str, MappingNode], problems: Problems
) -> None:
    summary = f"there is no case {shown(base)} to extend"
    if isinstance(place, ScalarNode):
        unknown(problems, "IRK811", summary, place, nodes)


def _over(above: MappingNode, below: MappingNode) -> MappingNode:
    """Lay one case over another: its keys count, and some are laid over key by key."""
    own = {key.text for key, _ in above.items}
    items: list[tuple[ScalarNode, Node]] = []
    for key, value in above.items:
        base = below.get(key.text)
        if (
            key.text in _TOGETHER
            and isinstance(value, MappingNode)
            and isinstance(base, MappingNode)
        ):
            items.append((key, _plainly_over(value, base)))
        else:
            items.append((key, value))
    items += [(key, value) for key, value in below.items if key.text not in own | _OWN]
    return MappingNode(items=tuple(items), span=above.span)


def _plainly_over(above: MappingNode, below: MappingNode) -> MappingNode:
    own = {key.text for key, _ in above.items}
    rest = tuple((key, value) for key, value in below.items if key.text not in own)
    return MappingNode(items=(*above.items, *rest), span=above.span)


def _sweeps(top: Fields, cases: tuple[Case, ...]) -> Sweeps:
    block = top.mapping("sweeps")
    if block is None:
        return Sweeps()
    case = block.text("case")
    node = block.node.get("case")
    names = [one.name for one in cases]
    if isinstance(node, ScalarNode) and case not in names:
        unknown(top.problems, "IRK811", f"there is no case {shown(case)}", node, names)
    users = block.integer("users", Sweeps().users, at_least=1)
    within = block.duration("within")
    block.close()
    return Sweeps(case=case, users=users or Sweeps().users, within=within)
