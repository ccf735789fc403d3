"""Which function does which verb."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from irkit.drill.adversary import aws_acts, okta_acts, provider_acts
from irkit.drill.adversary.hands import Hands
from irkit.drill.adversary.holdings import Got, Item

Act: TypeAlias = Callable[[Hands, "Item | None", Mapping[str, str]], Got]
"""Does it with the providers; raises RefusedError where they say no."""

ACTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "aws.assume_role": aws_acts.assume_role,
        "aws.backdoor_trust": aws_acts.backdoor_trust,
        "aws.create_key": aws_acts.create_key,
        "aws.federate": aws_acts.federate,
        "aws.run_instance": aws_acts.run_instance,
        "aws.session_token": aws_acts.session_token,
        "aws.share_snapshot": aws_acts.share_snapshot,
        "aws.terminate": aws_acts.terminate,
        "okta.add_provider": provider_acts.add_provider,
        "okta.call_help_desk": okta_acts.call_help_desk,
        "okta.come_through": provider_acts.come_through,
        "okta.create_token": okta_acts.create_token,
        "okta.enroll_factor": okta_acts.enroll_factor,
        "okta.grant_admin": okta_acts.grant_admin,
        "okta.push_mfa": okta_acts.push_mfa,
        "okta.reset_and_sign_in": okta_acts.reset_and_sign_in,
        "okta.sign_in": okta_acts.sign_in,
    }
)
