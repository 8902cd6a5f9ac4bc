"""Keys that a town's own machine and the stack's secrets have in common."""

import os
import re
import tempfile
from pathlib import Path

from . import aws

# As `keys/service/hashing.key` and the stack's secret hold them.
HASHING_KEY = re.compile(r"\b[0-9a-f]{64}\b")


class OtherKey(Exception):
    """It is not the key that belongs there. No key is in the text."""


def put_service_key(stack: str, secret: str, file: Path) -> None:
    """The key of the mail service, from its file to where the functions read it."""
    refuse_other_service_key(aws.parameters(stack).get("ServiceRecipient"), file)
    aws.run(["aws", "secretsmanager", "put-secret-value", "--secret-id", secret, "--secret-string", f"file://{file}",
             "--output", "json"])


def refuse_other_service_key(wanted: str | None, file: Path) -> None:
    """A key that does not belong to ServiceRecipient opens no address: every letter would wait until it is given up."""
    # Written above the private key, by `zavicaj keys make` as by age-keygen.
    public = re.findall(r"\bage1[0-9a-z]+", file.read_text(encoding="utf-8", errors="replace"))
    if public and wanted not in public:
        raise OtherKey(f"{file} is the key of {public[0]}, but the stack's ServiceRecipient is {wanted}: "
                       "letters could not be opened. Give the key that belongs to it (keys/service/identity.age)")


def fetch_hashing_key(secret: str, file: Path) -> int:
    """The stack's hashing keys, in front of those that the file of a desk has; how many of the file stay behind them."""
    text = aws.run(["aws", "secretsmanager", "get-secret-value", "--secret-id", secret, "--query", "SecretString",
                    "--output", "text"])
    keys = HASHING_KEY.findall(text)
    if not keys:
        raise OtherKey("the stack's secret HashingKey holds no key of 64 hexadecimal digits")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    rest = [line for line in before.splitlines() if line.strip() not in keys]
    write_secret(file, "\n".join([*keys, *rest]) + "\n")
    return len(HASHING_KEY.findall("\n".join(rest)))


def write_secret(file: Path, text: str) -> None:
    """Whole or not at all, and for the owner only."""
    # mkstemp makes files that nobody else can read.
    handle, staged = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as staging:
            staging.write(text)
            staging.flush()
            os.fsync(staging.fileno())
        os.replace(staged, file)
    except BaseException:
        os.unlink(staged)
        raise
