"""A workflow for GitHub Actions, on a runner of your own, where the workspace and its trail stay.

GitHub switches schedules off in a public repository after sixty days without activity, and when the
last person who edited the schedule leaves: age is the alarm, from somewhere else.
"""

import json

from irkit.proving.schedule.place import MINUTE, Document, Place


def documents(place: Place) -> tuple[Document, ...]:
    """Return the workflow."""
    text = f"""\
name: irkit schedule
on:
  schedule:
    - cron: "{MINUTE} * * * *"
  workflow_dispatch:
permissions: {{}}
concurrency:
  group: irkit-schedule
  cancel-in-progress: false
jobs:
  prove:
    runs-on: [self-hosted, irkit]
    timeout-minutes: 120
    env:
      IRKIT_WORKSPACE: {json.dumps(place.workspace)}
    steps:
      - name: Prove what is due
        run: irkit schedule run
      - name: Show what is proven
        if: always()
        run: irkit ledger --exit-code --format markdown >> "$GITHUB_STEP_SUMMARY"
"""
    return (Document(name="irkit-schedule.yml", text=text),)
