"""What the Application Load Balancer does, from the deployed listener and target groups."""
