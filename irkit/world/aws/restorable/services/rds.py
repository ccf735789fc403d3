"""Databases: whether the internet reaches them, and with whom their snapshots are shared."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "rds"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every database and snapshot by region."""
    return by_region("moto.rds.models", "rds_backends", account, _databases)


def _databases(rds: Any) -> Json:
    databases = {
        name: {
            "public": bool(database.publicly_accessible),
            "protected": bool(database.deletion_protection),
        }
        for name, database in rds.databases.items()
    }
    shared = {
        name: {key: sorted(values) for key, values in snapshot.attributes.items()}
        for snapshots in (rds.database_snapshots, rds.cluster_snapshots)
        for name, snapshot in snapshots.items()
    }
    return {"databases": databases, "shared": shared} if databases or shared else {}
