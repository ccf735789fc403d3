"""Actions on one ECS service."""
