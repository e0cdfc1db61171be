"""The CDK app: `make fargate-synth` shows what it makes."""

import aws_cdk as cdk
from infrastructure.settings import SettingRefused, Settings
from infrastructure.stack import TodoListStack

app = cdk.App()
try:
    settings = Settings.read(app.node)
except SettingRefused as refusal:
    # The one line that somebody needs; a traceback would bury it.
    raise SystemExit(str(refusal)) from None
TodoListStack(app, app.node.get_context("stackName"), settings)
app.synth()
