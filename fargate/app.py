"""The CDK app: `make fargate-synth` shows what it makes."""

import aws_cdk as cdk
from infrastructure.settings import Settings
from infrastructure.stack import TodoListStack

app = cdk.App()
TodoListStack(app, app.node.get_context("stackName"), Settings.read(app.node))
app.synth()
