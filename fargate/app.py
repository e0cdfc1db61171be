"""The CDK app: `make fargate-synth` shows what it makes."""

import aws_cdk as cdk
from infrastructure.settings import Settings
from infrastructure.stack import TodoListStack

app = cdk.App()
TodoListStack(
    app,
    app.node.get_context("stackName"),
    Settings.read(app.node),
    description="To-Do List Manager: an application and its database in one Fargate task",
    # No environment: a template for any account and region, synthesised without asking AWS. The
    # synthesizer's own parameter and rule would only make it harder to read.
    synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
)
app.synth()
