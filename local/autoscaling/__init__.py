"""What Application Auto Scaling does, from the template's scalable target and policies."""
