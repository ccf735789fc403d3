"""Actions on one OpenID Connect identity provider of an account."""
