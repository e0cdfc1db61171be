"""What stands for programs that a runner of GitHub has and this machine cannot use: an engine
without a registry, and GitHub's own command line."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from tests.pipelines.github import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = r"""#!{python}
# Stands for docker: an image is what its folder holds, with the packages of its lock file as
# installed, and a push makes it known to ECR by the calls that a registry's protocol is allowed by.
import base64, hashlib, io, json, os, pathlib, re, sys, tarfile
import boto3
def packed(files):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return tar.getvalue()
def installed(lock):
    return {{
        f"venv/lib/python3.13/site-packages/{{name}}-{{version}}.dist-info/METADATA":
            f"Metadata-Version: 2.1\nName: {{name}}\nVersion: {{version}}\n"
        for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE)
    }}
kept = pathlib.Path(os.environ["HOME"], "images.json")
images = json.loads(kept.read_text()) if kept.exists() else {{}}
command, *arguments = sys.argv[1:]
if command == "build":
    folder = pathlib.Path(arguments[-1])
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    content = b"".join(str(each.relative_to(folder)).encode() + each.read_bytes() for each in files)
    images[arguments[arguments.index("--tag") + 1]] = {{
        "digest": hashlib.sha256(content).hexdigest(),
        "files": installed((folder / "requirements.txt").read_text()),
    }}
    noted = arguments[arguments.index("--iidfile") + 1]
    pathlib.Path(noted).write_text("sha256:" + hashlib.sha256(content).hexdigest())
elif command == "save":
    _, archive, image = arguments
    layer = packed({{name: text.encode() for name, text in images[image]["files"].items()}})
    diff = "sha256:" + hashlib.sha256(layer).hexdigest()
    parts = {{
        "manifest.json": [
            {{"Config": "config.json", "RepoTags": [image], "Layers": ["layer.tar"]}}
        ],
        "config.json": {{"os": "linux", "rootfs": {{"type": "layers", "diff_ids": [diff]}}}},
        "image.json": {{image: images[image]}},
    }}
    files = {{name: json.dumps(part).encode() for name, part in parts.items()}}
    pathlib.Path(archive).write_bytes(packed({{**files, "layer.tar": layer}}))
elif command == "load":
    with tarfile.open(arguments[1]) as archive:
        images |= json.load(archive.extractfile("image.json"))
elif command == "tag":
    images[arguments[1]] = images[arguments[0]]
elif command == "login":
    assert sys.stdin.read(), "no password"
elif command == "push":
    region, repository, tag = re.fullmatch(
        r"\d+[.]dkr[.]ecr[.]([^.]+)[.][^/]+/(.+):(.+)", arguments[0]
    ).groups()
    ecr = boto3.client("ecr", region_name=region)
    layer = images[arguments[0]]["digest"].encode()
    digest = "sha256:" + hashlib.sha256(layer).hexdigest()
    ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=[digest])
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr.upload_layer_part(repositoryName=repository, uploadId=upload, partFirstByte=0,
        partLastByte=len(layer) - 1, layerPartBlob=layer)
    ecr.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[digest])
    manifest = json.dumps({{"schemaVersion": 2, "layers": [{{"digest": digest}}]}})
    ecr.put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag)
    ecr.batch_get_image(repositoryName=repository, imageIds=[{{"imageTag": tag}}])
elif command != "info":
    sys.exit(f"docker {{command}} is not understood here")
kept.write_text(json.dumps(images))
"""

GH = r"""#!{python}
# Stands for GitHub's command line: one comment under a pull request, if the token allows it.
import base64, json, os, pathlib, sys
scopes = json.loads(base64.urlsafe_b64decode(os.environ["GH_TOKEN"].removeprefix("ghs_")))
if scopes.get("pull-requests") != "write":
    sys.exit("Resource not accessible by integration")
with pathlib.Path(os.environ["RUNNER_TEMP"], "scopes").open("a") as used:
    used.write("pull-requests\n")
assert os.environ["GH_REPO"] == {repository!r}
kind, verb, number, _, text, *options = sys.argv[1:]
assert [kind, verb, *options] == ["pr", "comment", "--edit-last", "--create-if-none"]
file = pathlib.Path({folder!r}, "comments.json")
comments = json.loads(file.read_text()) if file.exists() else {{}}
file.write_text(json.dumps({{**comments, number: text}}))
"""


def install(bin_folder: Path, python: Path, folder: Path) -> None:
    """Put both where the steps find their programs."""
    for name, text in (("docker", ENGINE), ("gh", GH)):
        program = bin_folder / name
        program.write_text(text.format(python=python, folder=str(folder), repository=REPOSITORY))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
