"""From a clone to a running installation on AWS, and back."""
