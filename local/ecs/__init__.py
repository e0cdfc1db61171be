"""What ECS and Application Auto Scaling do: tasks, their processes and their credentials."""
