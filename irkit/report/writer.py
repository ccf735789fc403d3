"""Writes what a `report:` step asks for into the workspace, where git does not look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from irkit.engine.session import Session
from irkit.model.run import Run
from irkit.trail.journal import Journal

FOLDER: Final = "reports"
_FORMATS: Final = ("md", "html")


@dataclass(frozen=True, slots=True)
class ReportWriter:
    """Renders a template for a run (`irkit.engine.context.Reporter`).

    `labels` are what people call the seats of an exercise, by id.
    """

    session: Session
    journal: Journal
    labels: Mapping[str, str]

    def write(self, run: Run, template: str) -> str:
        """Write the report as text and as a page, and return where the page is."""
        from irkit.report.gathering import story_of  # noqa: PLC0415
        from irkit.report.render import render  # noqa: PLC0415  # loads Jinja

        told = story_of(self.session, self.journal, (run,), self.labels)
        workspace = self.session.workspace
        folder = workspace.state / FOLDER / run.id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for format_ in _FORMATS:
            path = folder / f"{template}.{format_}"
            path.write_text(render(told, format_, template=template), encoding="utf-8")
        return str(path.relative_to(workspace.root))
