"""To-Do List Manager: one shared list of tasks in server-rendered pages."""
