"""Actions on GuardDuty."""
