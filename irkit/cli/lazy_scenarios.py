"""What lint knows of scenarios: their decoder is loaded only where there is one."""

from dataclasses import dataclass

from irkit.diagnostics import Diagnostic
from irkit.model.spec import Catalogue


@dataclass(frozen=True, slots=True)
class LazyScenarios:
    """Scenarios (`irkit.engine.linting.Scenarios`)."""

    def check(self, data: bytes, name: str, catalogue: Catalogue) -> tuple[Diagnostic, ...]:
        """Return everything found in a scenario."""
        from irkit.drill.scenario.files import checked  # noqa: PLC0415

        return checked(data, name, catalogue)[1]
