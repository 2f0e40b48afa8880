"""The plugin host: who is there, what each may do, how long it takes, and what it did wrong."""
