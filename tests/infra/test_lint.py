"""Every way to deploy the network is without a finding, after SAM's transformation too."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.infra.transformed import COMBINATIONS, decided


def findings(root: Path, *templates: Path) -> list[str]:
    """What cfn-lint has to say, hints included."""
    command = [f"{root}/.venv/sam/bin/cfn-lint", "--include-checks", "I", "--format", "parseable"]
    command += ["--", *map(str, templates)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_each_way_to_deploy_the_network_is_clean(
    root: Path, tmp_path: Path, plain_template: dict[str, Any]
) -> None:
    templates = {"-".join(each): decided(plain_template, *each) for each in COMBINATIONS}
    for name, template in {"transformed": plain_template, **templates}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(template))

    assert findings(root, *tmp_path.glob("*.json")) == []
