"""What a test may name of its playbook: inputs, phases, steps, actions, reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from irkit.decode import Problems, shown, unknown
from irkit.model.playbook import (
    ManualStep,
    Playbook,
    ReportStep,
    Step,
    all_steps,
    children,
)
from irkit.yaml_strict import ScalarNode


@dataclass(frozen=True)
class Names:
    """The names of one playbook; None where it cannot be read, and then every name will do."""

    playbook: Playbook | None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Return every step."""
        return tuple(all_steps(self.playbook)) if self.playbook else ()

    @cached_property
    def acts(self) -> tuple[str, ...]:
        """Return what an order may name: steps by their ids, and actions."""
        actions = (getattr(step, "action", None) for step in self.steps)
        return tuple(dict.fromkeys((*(step.id for step in self.steps), *filter(None, actions))))

    @cached_property
    def loops(self) -> Mapping[str, tuple[str, ...]]:
        """Return the loops that each step stands in, outermost first, by the step's id."""
        found: dict[str, tuple[str, ...]] = {}
        for phase in self.playbook.phases if self.playbook else ():
            _note_loops(phase.steps, (), found)
        return found

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return tuple(item.name for item in self.playbook.inputs) if self.playbook else ()

    @property
    def phases(self) -> tuple[str, ...]:
        """Return the phases' names and ids."""
        phases = self.playbook.phases if self.playbook else ()
        return tuple(dict.fromkeys(word for phase in phases for word in (phase.name, phase.id)))

    @property
    def questions(self) -> tuple[str, ...]:
        """Return the ids of the manual steps."""
        return tuple(step.id for step in self.steps if isinstance(step, ManualStep))

    @property
    def reports(self) -> tuple[str, ...]:
        """Return the templates of the report steps."""
        return tuple(step.template for step in self.steps if isinstance(step, ReportStep))

    def phase_id(self, name: str) -> str:
        """Return the id of a phase by its name or id."""
        phases = self.playbook.phases if self.playbook else ()
        return next((phase.id for phase in phases if name in {phase.name, phase.id}), name)

    def must_know(
        self, node: ScalarNode, known: tuple[str, ...], what: str, problems: Problems
    ) -> None:
        """Record a name that the playbook does not have."""
        if self.playbook is not None and node.text not in known:
            summary = f"the playbook `{self.playbook.id}` has no {what} {shown(node.text)}"
            unknown(problems, "IRK812", summary, node, known)


def _note_loops(
    steps: tuple[Step, ...], around: tuple[str, ...], found: dict[str, tuple[str, ...]]
) -> None:
    for step in steps:
        found[step.id] = around
        inside = (*around, step.id) if getattr(step, "loop", None) is not None else around
        for sequence in children(step):
            _note_loops(sequence, inside, found)
