"""What ECS does: tasks, their processes and their credentials."""
