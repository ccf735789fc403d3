"""What actions on one IAM user have in common: how the user is given."""

from dataclasses import dataclass

from irkit.actions.arn import Principal, principal
from irkit.actions.base import Action, Seen, parameter
from irkit.actions.iam_principal import user_target
from irkit.model.change import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAction(Action):
    """An action on one IAM user."""

    user: str = parameter("aws.user", "The user: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `user` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The user."""
        return principal("user", self.user, self.account)

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)
