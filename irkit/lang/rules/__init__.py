"""The lint rules, one a file: each says what it finds, why it matters, and checks it.

A rule is silent about what it cannot know: an unknown action is one rule's finding, not all rules'.
"""
