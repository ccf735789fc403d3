"""Actions on IAM Roles Anywhere: certificates from outside that open roles."""
