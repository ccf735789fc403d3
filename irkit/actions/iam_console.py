"""The console password of one IAM user: whether there is one, and passwords nobody knows."""

import secrets
import string
from typing import Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import Principal
from irkit.actions.base import Readers
from irkit.actions.iam_principal import user_target
from irkit.actions.shape import entry, maybe_text
from irkit.actions.touches import owned
from irkit.canonical import JsonObject
from irkit.model.change import Target
from irkit.secret import Secret

_LENGTH: Final = 40
_ALPHABETS: Final = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!@#%^&*()_+-=")
"""What a password policy of an account can ask for: some of each."""


async def see_console(readers: Readers, user: Principal) -> "JsonObject | None":
    """Return when the user's password was made and whether it must be changed; None without one."""
    call = readers.aws.call(
        "iam", "get_login_profile", {"UserName": user.name}, account=user.account
    )
    reply = await or_none(call, IAM)
    if reply is None:
        return None
    profile = entry(reply.body, "LoginProfile")
    return {
        "created": maybe_text(profile, "CreateDate"),
        "reset_required": profile.get("PasswordResetRequired") is True,
    }


def console_target(seen: JsonObject) -> Target:
    """Return the console password of the user that was seen, as a target."""
    user = user_target(seen)
    return owned("aws.console_password", user, "console", f"console password of {user.label}")


def unknown_password() -> Secret:
    """Return a random password that no password policy refuses."""
    letters = [secrets.choice(alphabet) for alphabet in _ALPHABETS]
    every = "".join(_ALPHABETS)
    letters += [secrets.choice(every) for _ in range(_LENGTH - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return Secret("".join(letters))
