"""What surrounds the runs of `lapsus_run` in reports and screens."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from lapsus_plan import START
from lapsus_run import ROOT, Script

from irkit.cli.views.style import Style
from irkit.report.residual import ResidualAccess
from irkit.report.story import story
from irkit.report.story_model import Story, Surroundings, TrailHead

RESIDUAL = (
    ResidualAccess(
        kind="okta_access_token",
        expires="within 1h",
        accepted="Lives at most one hour after revocation; watched until then.",
    ),
)
AROUND = Surroundings(
    org="acme",
    names={"close-the-door": "Close the door", "contain-aws": "Contain AWS", "ask": "Ask"},
    goals_s={"close-the-door": 300, "contain-aws": 120},
    residual=RESIDUAL,
    trail=TrailHead(origin="acme.example/irkit/oncall+5f3a", size=80, root=ROOT),
)
STYLE = Style(now=START + timedelta(minutes=20), tz=ZoneInfo("Europe/Berlin"))


def told(script: Script, around: Surroundings = AROUND) -> Story:
    """Return the story of a script's run."""
    return story(script.run, script.records, around)
