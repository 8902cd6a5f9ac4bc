"""Calls of the public tools `aws` and `sam`. Where they ask and as whom is theirs: AWS_PROFILE, AWS_REGION,
AWS_ENDPOINT_URL and so on."""

import json
import os
import shutil
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

from .site import Changes, Manifest, headers

PUBLIC, PRIVATE = "public", "private"
# The most keys that one request of S3 removes.
MOST_REMOVED = 1000
# Nothing can be sent to a stack in these states.
BROKEN = ("CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_IN_PROGRESS",
          "DELETE_FAILED")


class Failed(Exception):
    """A tool did not do its work; it has said why."""


def run(command: list, quiet: bool = False) -> str:
    """Runs a command; its output. What it says on standard error goes to the operator."""
    program = str(command[0])
    try:
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE if quiet else None)
    except FileNotFoundError as error:
        raise Failed(f"{program} is not installed") from error
    if done.returncode != 0:
        raise Failed(f"{program} {' '.join(map(str, command[1:4]))} … ended with {done.returncode}\n"
                     f"{(done.stderr or '').strip()}".strip())
    return done.stdout


class Bucket:
    """The bucket of the site."""

    def __init__(self, name: str):
        self.name = name

    def private(self, name: str) -> str | None:
        """A file that the deployment remembers; nothing if there is none."""
        with tempfile.TemporaryDirectory(prefix="zavicaj-") as folder:
            path = Path(folder) / "answer"
            try:
                run(["aws", "s3api", "get-object", "--bucket", self.name, "--key", f"{PRIVATE}/{name}", path], quiet=True)
            except Failed as error:
                # A bucket that is not there is another matter.
                if "NoSuchKey" in str(error):
                    return None
                raise
            return path.read_text(encoding="utf-8")

    def remember(self, name: str, text: str) -> None:
        with tempfile.TemporaryDirectory(prefix="zavicaj-") as folder:
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            run(["aws", "s3", "cp", path, f"s3://{self.name}/{PRIVATE}/{name}", "--no-progress", "--only-show-errors"])

    def upload(self, public: Path, paths: list[str], manifest: Manifest) -> None:
        """Sends files, together those that are sent with the same headers."""
        groups = defaultdict(list)
        for path in paths:
            groups[headers(path, manifest.files[path])].append(path)
        for (kind, caching), group in sorted(groups.items()):
            # Beside the files, so that they need not be copied.
            with tempfile.TemporaryDirectory(prefix=".upload-", dir=public.parent) as folder:
                for path in group:
                    linked = Path(folder) / path
                    linked.parent.mkdir(parents=True, exist_ok=True)
                    try:
                        os.link(public / path, linked)
                    except OSError:
                        shutil.copyfile(public / path, linked)
                run(["aws", "s3", "cp", folder, f"s3://{self.name}/{PUBLIC}/", "--recursive", "--no-progress",
                     "--only-show-errors", "--content-type", kind, "--cache-control", caching])

    def remove(self, paths: list[str]) -> None:
        for begin in range(0, len(paths), MOST_REMOVED):
            keys = [{"Key": f"{PUBLIC}/{path}"} for path in paths[begin:begin + MOST_REMOVED]]
            with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as list_of_keys:
                json.dump({"Objects": keys, "Quiet": True}, list_of_keys)
                list_of_keys.flush()
                answer = run(["aws", "s3api", "delete-objects", "--bucket", self.name, "--delete",
                              f"file://{list_of_keys.name}", "--output", "json"])
            errors = json.loads(answer or "{}").get("Errors")
            if errors:
                raise Failed(f"S3 removed not everything: {errors[0]}")


def invalidate(distribution: str, paths: list[str]) -> None:
    if not paths:
        return
    batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": os.urandom(16).hex()}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(batch, file)
        file.flush()
        run(["aws", "cloudfront", "create-invalidation", "--distribution-id", distribution, "--invalidation-batch",
             f"file://{file.name}", "--output", "json"])


def outputs(stack: str) -> dict[str, str] | None:
    """The outputs of a stack; nothing if there is no such stack yet."""
    try:
        found = described(stack)
    except Failed as error:
        if "does not exist" in str(error):
            return None
        raise
    status = found.get("StackStatus", "")
    if status == "REVIEW_IN_PROGRESS":
        # Its first change set was made and never carried out.
        return None
    if status in BROKEN:
        raise Failed(f"the stack {stack} is {status}: its first deployment failed, or it is being removed. Remove it with "
                     f"`aws cloudformation delete-stack --stack-name {stack}`, and what it kept (table, buckets, secrets, "
                     "key; with records only if nobody needs them), and deploy again")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def parameters(stack: str) -> dict[str, str]:
    """With what a stack was made."""
    return {given["ParameterKey"]: given["ParameterValue"] for given in described(stack).get("Parameters", [])}


def described(stack: str) -> dict:
    answer = run(["aws", "cloudformation", "describe-stacks", "--stack-name", stack, "--output", "json"], quiet=True)
    return json.loads(answer)["Stacks"][0]


def publish(public: Path, changes: Changes, bucket: Bucket, between, stack: dict[str, str]) -> None:
    """New assets first, then functions (`between`), then the pages that name both, then what goes. The manifest is
    last: whatever breaks off before is done again."""
    bucket.upload(public, changes.assets, changes.after)
    between()
    bucket.upload(public, changes.pages, changes.after)
    bucket.remove(changes.removed)
    # Caches forget before the manifest says that all is done, or a broken run would leave old pages in them.
    invalidate(stack.get("DistributionId", ""), changes.paths() if stack.get("DistributionId") else [])
    invalidate(stack.get("MissingPagesId", ""), changes.missing_pages() if stack.get("MissingPagesId") else [])
    bucket.remember("manifest.json", changes.after.text())
