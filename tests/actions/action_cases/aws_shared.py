"""Changing actions on what is shared or open in AWS, each where it has something to do."""

from by_hand import by_hand
from stage import DATA, PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action

STRANGER = "999900001111"


def unshare_snapshot(stage: Stage) -> Action:
    """A disk's snapshot that a stranger and a pinned account may copy."""
    with by_hand(stage, "ec2") as ec2:
        volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        ec2.modify_snapshot_attribute(
            SnapshotId=snapshot, OperationType="add", UserIds=[STRANGER, DATA]
        )
    return changing("aws.snapshot.unshare", snapshot=snapshot, account=PROD)


def unshare_image(stage: Stage) -> Action:
    """An image that everybody and a stranger may start."""
    machine = stage.machine("web-1").rpartition("/")[2]
    with by_hand(stage, "ec2") as ec2:
        image = ec2.create_image(InstanceId=machine, Name="golden")["ImageId"]
        ec2.modify_image_attribute(
            ImageId=image, OperationType="add", UserIds=[STRANGER], UserGroups=["all"]
        )
    return changing("aws.snapshot.unshare", snapshot=image, account=PROD)


def database(stage: Stage) -> None:
    """Make a database that the internet reaches."""
    with by_hand(stage, "rds", DATA) as rds:
        rds.create_db_instance(
            DBInstanceIdentifier="orders",
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            MasterUsername="owner",
            MasterUserPassword="correct-horse-battery",
            AllocatedStorage=20,
            PubliclyAccessible=True,
            DeletionProtection=False,
        )


def unshare_database(stage: Stage) -> Action:
    """A database's snapshot that everybody may restore."""
    database(stage)
    with by_hand(stage, "rds", DATA) as rds:
        rds.create_db_snapshot(DBSnapshotIdentifier="copy", DBInstanceIdentifier="orders")
        rds.modify_db_snapshot_attribute(
            DBSnapshotIdentifier="copy", AttributeName="restore", ValuesToAdd=["all"]
        )
    arn = f"arn:aws:rds:us-east-1:{DATA}:snapshot:copy"
    return changing("aws.snapshot.unshare", snapshot=arn)


def unshare_cluster(stage: Stage) -> Action:
    """A cluster's snapshot that a stranger may restore."""
    with by_hand(stage, "rds", DATA) as rds:
        rds.create_db_cluster(
            DBClusterIdentifier="ledger",
            Engine="aurora-postgresql",
            MasterUsername="owner",
            MasterUserPassword="correct-horse-battery",
        )
        rds.create_db_cluster_snapshot(
            DBClusterSnapshotIdentifier="copy", DBClusterIdentifier="ledger"
        )
        rds.modify_db_cluster_snapshot_attribute(
            DBClusterSnapshotIdentifier="copy", AttributeName="restore", ValuesToAdd=[STRANGER]
        )
    arn = f"arn:aws:rds:us-east-1:{DATA}:cluster-snapshot:copy"
    return changing("aws.snapshot.unshare", snapshot=arn)


def block_snapshots(stage: Stage) -> Action:
    """A region of an account with its consoles open."""
    with by_hand(stage, "ec2", DATA) as ec2:
        ec2.enable_serial_console_access()
        ec2.enable_snapshot_block_public_access(State="block-new-sharing")
    return changing("aws.ec2_account.block_public_snapshots", account=DATA, region="us-east-1")


def close_database(stage: Stage) -> Action:
    """A database that the internet reaches."""
    database(stage)
    return changing("aws.rds_instance.close", database="orders", account=DATA)


CASES = (
    Case("aws.snapshot.unshare", unshare_snapshot, first_write="ec2:ModifySnapshotAttribute"),
    Case("aws.snapshot.unshare:image", unshare_image, first_write="ec2:ModifyImageAttribute"),
    Case(
        "aws.snapshot.unshare:database",
        unshare_database,
        first_write="rds:ModifyDBSnapshotAttribute",
    ),
    Case(
        "aws.snapshot.unshare:cluster",
        unshare_cluster,
        first_write="rds:ModifyDBClusterSnapshotAttribute",
    ),
    Case(
        "aws.ec2_account.block_public_snapshots",
        block_snapshots,
        first_write="ec2:*BlockPublicAccess",
    ),
    Case("aws.rds_instance.close", close_database, first_write="rds:ModifyDBInstance"),
)
