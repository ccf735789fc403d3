"""Trails: that a log does not arrive is said where its bucket is gone."""

import json
from dataclasses import replace

from moto.cloudtrail.models import cloudtrail_backends
from moto.s3.models import s3_backends

from irkit.world.aws.answer import Answer
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import amends
from irkit.world.aws.wire import ApiCall


@amends("cloudtrail:GetTrailStatus")
def say_what_is_not_delivered(
    _cloud: Cloud, call: ApiCall, caller: Caller, answer: Answer
) -> Answer:
    """Name S3's error, as CloudTrail does, where the log's bucket is not there any more."""
    trails = cloudtrail_backends[caller.account][call.region].trails
    trail = trails.get(call.text("Name").rpartition("/")[2])
    if trail is None or trail.bucket_name in s3_backends.bucket_accounts:
        return answer
    status = {**json.loads(answer.body), "LatestDeliveryError": "NoSuchBucket"}
    return replace(answer, body=json.dumps(status).encode())
