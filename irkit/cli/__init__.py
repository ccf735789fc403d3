"""The command line: one file a command, loaded lazily; `views` renders what they show."""
