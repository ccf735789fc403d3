"""Actions on one SAML identity provider of an account."""
