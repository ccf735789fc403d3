"""What people see: each module turns model objects into JSON, and that JSON into text.

`to_json` decides what is said; `text` only lays it out, from nothing but the JSON and a `Style`. So
`--json` and the screen cannot disagree. Data from providers is made visible before it is shown
(`irkit.model.visible`), and no meaning hangs on colour.
"""
