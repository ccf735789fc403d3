"""Actions on the access of Okta's support."""
