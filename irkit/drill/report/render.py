"""Rendering a drill's report through `templates/`. The same report gives the same bytes."""

from typing import Final

from irkit.drill.report.drawing import NARROW, WIDE, drawing
from irkit.drill.report.facts import in_unit
from irkit.drill.report.model import DrillReport
from irkit.report.mark import Mark
from irkit.report.render import Format, document, drawn, fill

TEMPLATE: Final = "drill-report"


def render(report: DrillReport, format_: Format) -> str:
    """Return `report` as one document.

    Raises:
        IrkitError: if this installation lacks the template.
    """
    html = format_ == "html"
    value = report.to_json()
    return fill(
        TEMPLATE,
        format_,
        report=value,
        mark=Mark[report.verdict.mark.upper()],
        in_unit=in_unit,
        wide=drawn(drawing(report.time_line, WIDE) if html else ""),
        narrow=drawn(drawing(report.time_line, NARROW) if html else ""),
        document=document(value) if format_ == "json" else "",
    )
