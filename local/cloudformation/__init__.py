"""What CloudFormation does: the template, read, pruned and deployed."""
