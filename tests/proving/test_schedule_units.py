"""What `irkit schedule print` prints is accepted by what is to run it."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from irkit.proving.schedule.place import Place
from irkit.proving.schedule.printing import documents

PLAIN = Place(
    workspace="/srv/irkit", command=("/usr/bin/env",), user="root", image="registry.example/irkit:1"
)
AWKWARD = Place(
    workspace="/srv/in response 100%",
    command=("/usr/bin/env", "-m", 'ir"kit'),
    user="root",
    image="registry.example/irkit:1",
)
TEXT = {"type": "string"}
CRON = {"type": "string", "pattern": r"^([0-9*/,-]+ ){4}[0-9*/,-]+$"}
CRON_JOB = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"const": "batch/v1"},
        "kind": {"const": "CronJob"},
        "metadata": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$"}
            },
        },
        "spec": {
            "type": "object",
            "required": ["schedule", "jobTemplate"],
            "additionalProperties": False,
            "properties": {
                "schedule": CRON,
                "concurrencyPolicy": {"const": "Forbid"},
                "startingDeadlineSeconds": {"type": "integer", "minimum": 10},
                "successfulJobsHistoryLimit": {"type": "integer"},
                "failedJobsHistoryLimit": {"type": "integer"},
                "jobTemplate": {
                    "type": "object",
                    "properties": {
                        "spec": {
                            "type": "object",
                            "required": ["template", "backoffLimit"],
                            "properties": {"backoffLimit": {"const": 0}},
                        }
                    },
                },
            },
        },
    },
}
WORKFLOW = {
    "type": "object",
    "required": ["on", "jobs", "permissions"],
    "properties": {
        "name": TEXT,
        "on": {
            "type": "object",
            "properties": {
                "schedule": {"type": "array", "items": {"properties": {"cron": CRON}}},
                "workflow_dispatch": {},
            },
            "additionalProperties": False,
        },
        "permissions": {"const": {}},
        "jobs": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["runs-on", "steps"],
                "properties": {
                    "steps": {
                        "type": "array",
                        "items": {"type": "object", "required": ["run"]},
                    }
                },
            },
        },
    },
}


class Core(yaml.SafeLoader):
    """YAML 1.2 as GitHub reads it: `on` is a word."""


Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def only(kind: str, place: Place) -> str:
    """Return the text of the one document of a kind."""
    (document,) = documents(kind, place)
    return document.text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
@pytest.mark.parametrize("place", [PLAIN, AWKWARD], ids=["plain", "awkward"])
def test_systemd_accepts_the_units(place: Place, tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing, with a path that needs quoting as well."""
    for document in documents("systemd", place):
        (tmp_path / document.name).write_text(document.text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    own = [line for line in checked.stderr.splitlines() if "irkit-schedule" in line]
    assert own == []
    assert checked.returncode == 0, checked.stderr


def test_a_timer_makes_up_for_a_time_the_machine_slept() -> None:
    """The timer is persistent, and starts the service of the same name."""
    service, timer = documents("systemd", PLAIN)
    assert "Persistent=true" in timer.text
    assert Path(service.name).stem == Path(timer.name).stem
    assert "schedule run" in service.text


def test_the_line_of_cron_is_one_command() -> None:
    """Five fields and one command; a percent sign, which would end it, is escaped."""
    comment, line = only("cron", AWKWARD).splitlines()
    assert comment.startswith("# ")
    fields = line.split(" ", 5)
    assert all(re.fullmatch(r"[0-9*]+", field) for field in fields[:5])
    assert "%" not in fields[5].replace("\\%", "")
    said = subprocess.run(
        [
            "sh",
            "-c",
            f"set -- {fields[5].partition(' >>')[0]}; printf '%s\\n' \"$@\"".replace("\\%", "%"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == [
        *AWKWARD.command,
        "--workspace",
        AWKWARD.workspace,
        "schedule",
        "run",
    ]


def test_the_manifest_is_a_cron_job_that_never_repeats() -> None:
    """It has the form of a CronJob, forbids two at once, and its pod restarts never."""
    manifest: Any = yaml.safe_load(only("k8s", PLAIN))
    jsonschema.validate(manifest, CRON_JOB)
    pod = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    mounts = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["volumes"]}


def test_the_workflow_has_no_rights_and_runs_what_is_due() -> None:
    """It has the form of a workflow, asks for no permission, and shows the ledger whatever came."""
    workflow: Any = yaml.load(only("github", AWKWARD), Loader=Core)
    jsonschema.validate(workflow, WORKFLOW)
    (job,) = workflow["jobs"].values()
    assert job["env"]["IRKIT_WORKSPACE"] == AWKWARD.workspace
    assert [step["run"].split()[:2] for step in job["steps"]] == [
        ["irkit", "schedule"],
        ["irkit", "ledger"],
    ]
    assert job["steps"][1]["if"] == "always()"
