"""The actions: one file each, its id is its module path (`okta.user.suspend`)."""
