"""Actions on access to EKS clusters."""
