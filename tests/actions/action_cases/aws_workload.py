"""Changing actions on what runs without machines in AWS, each where it has something to do."""

from by_hand import by_hand
from stage import PROD, SANDBOX, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def freeze(stage: Stage) -> Action:
    """A function that a queue feeds."""
    with by_hand(stage, "sqs") as sqs:
        sqs.create_queue(QueueName="orders")
    with by_hand(stage, "lambda") as functions:
        functions.create_event_source_mapping(
            EventSourceArn=f"arn:aws:sqs:us-east-1:{PROD}:orders", FunctionName="orders-api"
        )
    return changing("aws.lambda_function.freeze", function="orders-api", account=PROD)


def scale_zero(stage: Stage) -> Action:
    """A service with two tasks."""
    with by_hand(stage, "ecs", SANDBOX) as ecs:
        ecs.create_cluster(clusterName="jobs")
        ecs.register_task_definition(
            family="miner", containerDefinitions=[{"name": "xmrig", "image": "xmrig", "memory": 64}]
        )
        service = ecs.create_service(
            cluster="jobs", serviceName="miner", taskDefinition="miner", desiredCount=2
        )["service"]["serviceArn"]
    return changing("aws.ecs_service.scale_zero", service=service)


def disable_rule(stage: Stage) -> Action:
    """A rule that comes back every hour."""
    with by_hand(stage, "events") as events:
        events.put_rule(Name="nightly", ScheduleExpression="rate(1 hour)", State="ENABLED")
    return changing("aws.eventbridge.disable_rule", rule="nightly", account=PROD)


def cut_sessions(stage: Stage) -> Action:
    """A shell on a machine."""
    machine = stage.machine("web-1").rpartition("/")[2]
    with by_hand(stage, "ssm") as ssm:
        ssm.start_session(Target=machine)
    return changing("aws.ssm.cut_sessions", account=PROD, instance=machine)


CASES = (
    Case("aws.lambda_function.freeze", freeze, first_write="lambda:PutFunctionConcurrency"),
    Case("aws.ecs_service.scale_zero", scale_zero, first_write="ecs:UpdateService"),
    Case("aws.eventbridge.disable_rule", disable_rule, first_write="events:DisableRule"),
    Case("aws.ssm.cut_sessions", cut_sessions, returns=False, first_write="ssm:TerminateSession"),
)
