"""The files service: a to-do's attachments over HTTP, described in DynamoDB and kept in S3."""
