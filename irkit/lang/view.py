"""What a lint rule looks at: every step with where it stands, and the names it can use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from irkit import yaml_strict
from irkit.diagnostics import Diagnostic, Fix, Label, Severity, Span
from irkit.lang.names import Names, Visible, trace
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    Phase,
    Playbook,
    ReadStep,
    Step,
    children,
)
from irkit.model.spec import Catalogue, Spec
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode


@dataclass(frozen=True, slots=True, kw_only=True)
class LintContext:
    """What the workspace knows; None means that nobody said, and the rule is silent.

    `roles` maps each role to the enrolled principals who have it. `permissions` maps a provider to
    what its connections declare, `connections` each connection's name to its provider. `tested`
    says whether a `NAME.test.yaml` stands beside the playbook, `playbooks` are those a `call` can
    reach, `templates` the names a `report` can use. `federated` says whether Okta leads to AWS.
    `limits` and `protected` are the guards of `irkit.yaml`.
    """

    roles: Mapping[str, tuple[str, ...]] | None = None
    permissions: Mapping[str, frozenset[str]] | None = None
    connections: Mapping[str, str] | None = None
    tested: bool | None = None
    playbooks: Mapping[str, Playbook] | None = None
    templates: frozenset[str] | None = None
    federated: bool | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    protected: bool = False
    least_privilege: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One step and where it stands. `phase` is None in `always`; `rescue` is true inside one."""

    step: Step
    phase: Phase | None
    parents: tuple[Step, ...]
    rescue: bool

    @property
    def chain(self) -> tuple[Step, ...]:
        """Return the step after all that hold it, outermost first."""
        return (*self.parents, self.step)


@dataclass(frozen=True)
class View:
    """One playbook under inspection."""

    playbook: Playbook
    catalogue: Catalogue
    context: LintContext

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every step, top to bottom, `always` last."""
        found: list[Place] = []
        for phase in self.playbook.phases:
            found.extend(_places(phase.steps, phase, (), rescue=False))
        found.extend(_places(self.playbook.always, None, (), rescue=False))
        return tuple(found)

    @cached_property
    def names(self) -> Names:
        """What names are visible where."""
        return trace(self.playbook)

    def visible(self, step: Step) -> Visible:
        """Return the names that `step` can use."""
        return self.names.at[step.id]

    def spec(self, step: Step) -> Spec | None:
        """Return the spec of the action a step uses, where there is one."""
        return self.catalogue.get(step.action) if isinstance(step, ReadStep | DoStep) else None

    def changes(self) -> Iterator[tuple[Place, DoStep, Spec]]:
        """Yield every `do` whose action is known, top to bottom."""
        for place in self.places:
            spec = self.spec(place.step)
            if isinstance(place.step, DoStep) and spec is not None:
                yield place, place.step, spec

    def arguments(self, step: ReadStep | DoStep | CallStep) -> Iterator[tuple[ScalarNode, Node]]:
        """Yield the nodes of a step's `with`, for spans."""
        node = self.node(step.span)
        with_ = node.get("with") if node is not None else None
        if isinstance(with_, MappingNode):
            yield from with_.items

    def value_at(self, step: Step, key: str) -> ScalarNode | None:
        """Return the node of the value a step has under `key`, if it is a constant."""
        node = self.node(step.span)
        value = node.get(key) if node is not None else None
        return value if isinstance(value, ScalarNode) else None

    def key_at(self, step: Step, key: str) -> ScalarNode | None:
        """Return the node of a step's own key."""
        node = self.node(step.span)
        return node.key(key) if node is not None else None

    def top(self, key: str) -> Node | None:
        """Return the node under a key of the playbook itself."""
        return self.root.get(key) if self.root is not None else None

    def top_span(self, key: str) -> Span | None:
        """Return where a key of the playbook itself stands; else where the playbook starts."""
        found = self.root.key(key) if self.root is not None else None
        return found.span if found is not None else self.playbook.span

    @cached_property
    def root(self) -> MappingNode | None:
        """The tree of the playbook's text."""
        node, _ = yaml_strict.load(self.playbook.source, self.playbook.file)
        return node if isinstance(node, MappingNode) else None

    def node(self, span: Span | None) -> MappingNode | None:
        """Return the mapping whose first key stands at `span`."""
        return self._mappings.get((span.line, span.column)) if span is not None else None

    @cached_property
    def _mappings(self) -> Mapping[tuple[int, int], MappingNode]:
        found: dict[tuple[int, int], MappingNode] = {}
        pending: list[Node] = [self.root] if self.root is not None else []
        while pending:
            match pending.pop():
                case MappingNode(items=items) as node:
                    if items:
                        span = items[0][0].span
                        found[span.line, span.column] = node
                    pending.extend(value for _, value in items)
                case SequenceNode(items=values):
                    pending.extend(values)
                case _:
                    pass
        return found


def problem(
    code: str,
    summary: str,
    span: Span | None,
    *,
    label: str = "",
    help: str = "",  # noqa: A002  # the diagnostic's own word
    severity: Severity = Severity.ERROR,
    fix: Fix | None = None,
    also: tuple[Label, ...] = (),
) -> Diagnostic:
    """Return one finding of a rule."""
    return Diagnostic(
        code=code,
        summary=summary,
        severity=severity,
        at=Label(span=span, text=label) if span is not None else None,
        also=also,
        help=help,
        fix=fix,
    )


def warning(
    code: str,
    summary: str,
    span: Span | None,
    *,
    label: str = "",
    help: str = "",  # noqa: A002
) -> Diagnostic:
    """Return one finding that does not stop anything."""
    return problem(code, summary, span, label=label, help=help, severity=Severity.WARNING)


def _places(
    steps: tuple[Step, ...], phase: Phase | None, parents: tuple[Step, ...], *, rescue: bool
) -> Iterator[Place]:
    for step in steps:
        yield Place(step=step, phase=phase, parents=parents, rescue=rescue)
        for index, inside in enumerate(children(step)):
            rescuing = rescue or (index == 1 and isinstance(step, BlockStep))
            yield from _places(inside, phase, (*parents, step), rescue=rescuing)
