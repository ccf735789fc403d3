"""Devices: the registered devices of users, and their lifecycle."""

from dataclasses import replace

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.paging import page
from irkit.world.okta.records import Device
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import hinted, moment, user_json

_MOVES = {
    "suspend": ({"ACTIVE"}, "SUSPENDED"),
    "unsuspend": ({"SUSPENDED"}, "ACTIVE"),
    "activate": ({"CREATED", "DEACTIVATED"}, "ACTIVE"),
    "deactivate": ({"ACTIVE", "SUSPENDED", "CREATED"}, "DEACTIVATED"),
}


@route("GET", "/api/v1/devices", area="devices")
def list_devices(ask: Ask) -> Reply:
    """List devices."""
    return page(
        ask,
        list(ask.tables.devices.values()),
        key=lambda device: device.id,
        show=lambda device: _device_json(device, ask.base),
        default=200,
    )


@route("GET", "/api/v1/devices/{deviceId}", area="devices")
def get_device(ask: Ask) -> Reply:
    """Show a device."""
    return Reply(body=_device_json(_named(ask), ask.base))


@route("DELETE", "/api/v1/devices/{deviceId}", area="devices")
def delete_device(ask: Ask) -> Reply:
    """Delete a deactivated device."""
    device = _named(ask)
    if device.status != "DEACTIVATED":
        raise errors.invalid("deviceId", "The device must be deactivated first.")
    del ask.tables.devices[device.id]
    _tell(ask, "device.lifecycle.delete", device)
    return NO_CONTENT


@route("GET", "/api/v1/devices/{deviceId}/users", area="devices")
def list_device_users(ask: Ask) -> Reply:
    """List the users of a device."""
    device = _named(ask)
    return Reply(
        body=[
            {
                "created": moment(device.created),
                "managementStatus": "NOT_MANAGED",
                "user": user_json(ask.tables.user(user_id), ask.base),
            }
            for user_id in device.user_ids
        ]
    )


@route("GET", "/api/v1/users/{userId}/devices", area="devices", family="users")
def list_user_devices(ask: Ask) -> Reply:
    """List the devices of a user."""
    user = ask.user("userId")
    return Reply(
        body=[
            {
                "created": moment(device.created),
                "deviceUserId": f"{device.id}.{user.id}",
                "device": _device_json(device, ask.base),
            }
            for device in ask.tables.devices.values()
            if user.id in device.user_ids
        ]
    )


def _moved(ask: Ask, verb: str) -> Reply:
    device = _named(ask)
    legal, status = _MOVES[verb]
    if device.status not in legal:
        raise errors.invalid("deviceId", f"The device is {device.status}.")
    ask.tables.devices[device.id] = replace(device, status=status, last_updated=ask.state.now())
    _tell(ask, f"device.lifecycle.{verb}", device)
    return NO_CONTENT


@route("POST", "/api/v1/devices/{deviceId}/lifecycle/suspend", area="devices")
def suspend_device(ask: Ask) -> Reply:
    """ACTIVE → SUSPENDED."""
    return _moved(ask, "suspend")


@route("POST", "/api/v1/devices/{deviceId}/lifecycle/unsuspend", area="devices")
def unsuspend_device(ask: Ask) -> Reply:
    """SUSPENDED → ACTIVE."""
    return _moved(ask, "unsuspend")


@route("POST", "/api/v1/devices/{deviceId}/lifecycle/activate", area="devices")
def activate_device(ask: Ask) -> Reply:
    """DEACTIVATED → ACTIVE."""
    return _moved(ask, "activate")


@route("POST", "/api/v1/devices/{deviceId}/lifecycle/deactivate", area="devices")
def deactivate_device(ask: Ask) -> Reply:
    """→ DEACTIVATED."""
    return _moved(ask, "deactivate")


def _named(ask: Ask) -> Device:
    device_id = ask.params["deviceId"]
    device = ask.tables.devices.get(device_id)
    if device is None:
        raise errors.not_found(device_id, "GenericUDObject")
    return device


def _tell(ask: Ask, event_type: str, device: Device) -> None:
    target = Party(id=device.id, kind="Device", alternate_id="unknown", name=device.name)
    ask.happened(event_type, f"Device {event_type.rpartition('.')[2]}", target)


def _device_json(device: Device, base: str) -> JsonObject:
    me = f"{base}/api/v1/devices/{device.id}"
    return {
        "id": device.id,
        "status": device.status,
        "created": moment(device.created),
        "lastUpdated": moment(device.last_updated),
        "profile": {
            "displayName": device.name,
            "platform": device.platform,
            "registered": True,
            "secureHardwarePresent": True,
        },
        "resourceType": "UDDevice",
        "resourceDisplayName": {"value": device.name, "sensitive": False},
        "resourceAlternateId": None,
        "resourceId": device.id,
        "_links": {"self": hinted(me, "GET"), "users": hinted(f"{me}/users", "GET")},
    }
