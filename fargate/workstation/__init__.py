"""To-Do List Manager on this machine, with a PostgreSQL of its own; standard library only."""
