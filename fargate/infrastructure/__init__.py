"""The AWS resources of the To-Do List Manager, in the order of a request's way."""
