"""Actions on people in IAM Identity Center."""
