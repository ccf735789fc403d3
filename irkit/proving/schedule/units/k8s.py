"""A CronJob for Kubernetes. Nothing is repeated: a canary that is tried again hides what failed."""

import json
from string import Template
from typing import Final

from irkit.proving.schedule.place import MINUTE, Document, Place

_MANIFEST: Final = Template("""\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: irkit-schedule
spec:
  schedule: "$minute * * * *"
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 1800
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 7200
      template:
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 1000
            fsGroup: 1000
          containers:
            - name: irkit
              image: $image
              command: $words
              envFrom:
                - secretRef:
                    name: irkit-schedule
                    optional: true
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: [ALL]
              volumeMounts:
                - name: workspace
                  mountPath: /workspace
                - name: tmp
                  mountPath: /tmp
          volumes:
            - name: workspace
              persistentVolumeClaim:
                claimName: irkit-workspace
            - name: tmp
              emptyDir: {}
""")


def documents(place: Place) -> tuple[Document, ...]:
    """Return the manifest. The workspace, with its trail, is on a volume that outlives the job."""
    text = _MANIFEST.substitute(
        minute=MINUTE,
        image=json.dumps(place.image),
        words=json.dumps(["irkit", "--workspace", "/workspace", "schedule", "run"]),
    )
    return (Document(name="irkit-schedule.yaml", text=text),)
