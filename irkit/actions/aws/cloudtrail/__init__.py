"""The log of AWS: reading it, and switching it on again."""
