"""People of the org and what hangs on them: groups, rules, admin roles, factors, devices.

The `add_…` methods are plain constructors for fixtures and endpoints: they apply no permission,
write no event, and return the id of what they made.
"""

import base64
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.world.okta.org_state import OrgState, locked
from irkit.world.okta.records import Device, Factor, Group, GroupRule, Role, User, UserStatus

ROLE_LABELS: Final = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "APP_ADMIN": "Application Administrator",
    "USER_ADMIN": "Group Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-Only Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "CUSTOM": "Custom role",
}


class Directory(OrgState):
    """The part of the state that is about people."""

    everyone: str
    """The id of the group that everybody is in."""

    @locked
    def put_user(self, user: User) -> None:
        """Store the present form of `user`."""
        self.tables.users[user.id] = user

    @locked
    def add_user(
        self,
        login: str,
        first: str = "Test",
        last: str = "User",
        *,
        status: UserStatus = UserStatus.ACTIVE,
        password: str = "",
        email: str = "",
        provider: str = "OKTA",
        profile: tuple[tuple[str, Json], ...] = (),
    ) -> str:
        """Add a user and return the id."""
        now = self.now()
        user = User(
            id=self.ids.new("00u"),
            login=login,
            first=first,
            last=last,
            email=email or login,
            status=status,
            password=password,
            created=now,
            status_changed=now,
            last_updated=now,
            activated=None if status is UserStatus.STAGED else now,
            password_changed=now if password else None,
            provider=provider,
            profile=profile,
        )
        self.put_user(user)
        self.tables.logins[login.casefold()] = user.id
        self.tables.join(self.everyone, user.id)
        return user.id

    @locked
    def add_group(self, name: str, description: str = "", *, kind: str = "OKTA_GROUP") -> str:
        """Add a group and return the id."""
        now = self.now()
        group = Group(
            id=self.ids.new("00g"),
            name=name,
            description=description,
            kind=kind,
            created=now,
            last_updated=now,
            last_membership_updated=now,
        )
        self.tables.groups[group.id] = group
        self.tables.members[group.id] = {}
        return group.id

    @locked
    def add_member(self, group_id: str, user_id: str) -> None:
        """Make a user a member of a group."""
        self.tables.join(group_id, user_id)

    @locked
    def add_group_rule(
        self, name: str, expression: str, group_ids: tuple[str, ...], *, status: str = "INACTIVE"
    ) -> str:
        """Add a group rule and return the id."""
        now = self.now()
        rule = GroupRule(
            id=self.ids.new("0pr"),
            name=name,
            status=status,
            expression=expression,
            group_ids=group_ids,
            excluded=(),
            created=now,
            last_updated=now,
        )
        self.tables.rules[rule.id] = rule
        return rule.id

    @locked
    def assign_role(
        self,
        assignee_id: str,
        kind: str,
        *,
        group_targets: tuple[str, ...] = (),
        app_targets: tuple[str, ...] = (),
        custom_role: str = "",
        resource_set: str = "",
    ) -> str:
        """Give an admin role to a user, group or client and return the assignment's id."""
        role = Role(
            id=self.ids.new("irb") if kind == "CUSTOM" else role_id(kind),
            kind=kind,
            label=ROLE_LABELS.get(kind, kind),
            assigned_as=_assigned_as(assignee_id),
            created=self.now(),
            custom_role=custom_role,
            resource_set=resource_set,
            group_targets=group_targets,
            app_targets=app_targets,
        )
        self.tables.roles.setdefault(assignee_id, {})[role.id] = role
        return role.id

    @locked
    def add_factor(
        self,
        user_id: str,
        factor_type: str = "token:software:totp",
        *,
        provider: str = "OKTA",
        status: str = "ACTIVE",
        profile: "JsonObject | None" = None,
        pass_code: str = "000000",  # noqa: S107  # what passes a simulated factor
        approves: bool = False,
    ) -> str:
        """Enrol a factor for a user and return its id."""
        now = self.now()
        factor = Factor(
            id=self.ids.new(_FACTOR_PREFIX.get(factor_type, "ost")),
            factor_type=factor_type,
            provider=provider,
            vendor=provider,
            status=status,
            created=now,
            last_updated=now,
            profile=profile or {"credentialId": self.tables.users[user_id].login},
            pass_code=pass_code,
            approves=approves,
        )
        self.tables.factors.setdefault(user_id, {})[factor.id] = factor
        if factor_type in PHONES:
            self.tables.recovery_phones[user_id] = factor
        return factor.id

    @locked
    def add_device(self, name: str, platform: str, user_ids: tuple[str, ...]) -> str:
        """Register a device for users and return its id."""
        now = self.now()
        device = Device(
            id=self.ids.new("guo"),
            status="ACTIVE",
            created=now,
            last_updated=now,
            name=name,
            platform=platform,
            user_ids=user_ids,
        )
        self.tables.devices[device.id] = device
        return device.id


PHONES: Final = frozenset({"call", "sms"})
"""The types of factor whose number also recovers a password, until that is taken away as well."""

_FACTOR_PREFIX: Final = {"sms": "mbl", "push": "opf", "webauthn": "fwf", "question": "ufs"}


def role_id(kind: str) -> str:
    """Return the assignment id of a standard role: Okta spells the role's name in base 32."""
    return base64.b32encode(kind.encode()).decode().rstrip("=")


def _assigned_as(assignee_id: str) -> str:
    match assignee_id[:3]:
        case "00u":
            return "USER"
        case "00g":
            return "GROUP"
        case _:
            return "CLIENT"
