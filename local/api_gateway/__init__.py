"""What API Gateway does, from the contract."""
