"""The main service: a person's to-dos over HTTP, kept in DynamoDB."""
