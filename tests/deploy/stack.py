#!/usr/bin/env python3
"""functions/template.yaml itself, sent by functions/deploy to ministack with the real functions, and asked over HTTP.

    tests/tools/with-ministack tests/deploy/stack.py

ZAVICAJ_BIN and ZAVICAJ_FUNCTIONS name what was built. The last line counts: "N passed, N failed, N skipped".
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENDPOINT = os.environ["ZAVICAJ_TEST_DYNAMODB"]
PROGRAM = os.environ["ZAVICAJ_BIN"]


def tool(name: str) -> str:
    done = subprocess.run([ROOT / "tests/tools/venv", name], stdout=subprocess.PIPE, text=True, check=True)
    return f"{done.stdout.strip()}/bin"


class Stack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.environ.update({
            "PATH": f"{tool('awscli')}:{tool('aws-sam-cli')}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": ENDPOINT,
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true", "SAM_CLI_TELEMETRY": "0",
            "AWS_CONFIG_FILE": "/nonexistent",
        })
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        place = Path(cls.folder.name)
        cls.keys = place / "keys"
        subprocess.run([PROGRAM, "keys", "make", "--keys", cls.keys], check=True, stdout=subprocess.DEVNULL)
        cls.common = [ROOT / "functions/deploy", "--tested", "--public", place / "public", "--state", place / "state.json"]
        settings = {
            "DeskRecipients": cls.recipient(cls.keys / "desk"), "ServiceRecipient": cls.recipient(cls.keys / "service"),
            "AwsEndpoint": ENDPOINT, "DynamoEndpoint": ENDPOINT,
            "MailDomain": "ljubuski.example", "MailFrom": "no-reply@ljubuski.example",
        }
        cls.settings = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
        done = subprocess.run([*cls.common, *cls.settings], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        cls.said = done.stdout
        subprocess.run([*cls.common, "--service-key", cls.keys / "service/identity.age"], check=True, stdout=subprocess.DEVNULL)
        # ministack makes secrets of all characters, whatever the template excludes: these are 64 hexadecimal digits.
        for name, file in [("HashingKey", "hashing.key"), ("ReceiptKey", "receipt.key")]:
            found = subprocess.run(["aws", "cloudformation", "describe-stack-resource", "--stack-name", "zavicaj",
                                    "--logical-resource-id", name], check=True, stdout=subprocess.PIPE, text=True)
            secret = json.loads(found.stdout)["StackResourceDetail"]["PhysicalResourceId"]
            subprocess.run(["aws", "secretsmanager", "put-secret-value", "--secret-id", secret, "--secret-string",
                            f"file://{cls.keys / 'service' / file}"], check=True, stdout=subprocess.DEVNULL)
        answer = subprocess.run(["aws", "cloudformation", "describe-stacks", "--stack-name", "zavicaj"],
                                check=True, stdout=subprocess.PIPE, text=True)
        outputs = json.loads(answer.stdout)["Stacks"][0]["Outputs"]
        cls.outputs = {output["OutputKey"]: output["OutputValue"] for output in outputs}
        cls.api = cls.outputs["FormsOrigin"].split("//")[1].split(".")[0]

    @classmethod
    def recipient(cls, folder: Path) -> str:
        for path in sorted(folder.rglob("*")):
            for word in path.read_text(errors="ignore").split() if path.is_file() else []:
                if word.startswith("age1"):
                    return word
        raise AssertionError(f"no public key in {folder}")

    def ask(self, path: str, body: str | None = None) -> tuple[int, str]:
        request = urllib.request.Request(
            f"{ENDPOINT}/_aws/execute-api/{self.api}/$default{path}", data=body.encode() if body is not None else None,
            headers={"Origin": self.outputs["PublicUrl"]})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    @classmethod
    def logs(cls) -> str:
        """What the functions wrote for the operator: no answers, so it may be shown."""
        groups = subprocess.run(["aws", "logs", "describe-log-groups", "--query", "logGroups[].logGroupName", "--output",
                                 "text"], stdout=subprocess.PIPE, text=True).stdout.split()
        lines = [subprocess.run(["aws", "logs", "filter-log-events", "--log-group-name", group, "--query",
                                 "events[].message", "--output", "text"], stdout=subprocess.PIPE, text=True).stdout
                 for group in groups]
        return "\n".join(lines)[-4000:]

    @classmethod
    def tearDownClass(cls):
        if os.environ.get("ZAVICAJ_TEST_LOGS"):
            print(cls.logs())

    def test_the_status_is_asked_for_over_the_api(self):
        status, page = self.ask("/usluge/status")
        self.assertEqual(status, 200, page[:500])
        self.assertIn("<form", page)

    def test_an_empty_form_is_answered_with_what_is_missing(self):
        for form in ["registracija", "zahtjev-za-ispravu"]:
            status, page = self.ask(f"/usluge/{form}/provjera", "lang=hr")
            self.assertEqual(status, 422, page[:500])

    def test_what_nothing_has_is_answered_by_the_last_function(self):
        status, page = self.ask("/usluge/nema/ovoga")
        self.assertEqual(status, 404, page[:500])
        self.assertIn("<h1", page)

    def test_a_second_deployment_sends_nothing_of_the_site(self):
        self.assertIn("for CloudFront to forget", self.said)
        done = subprocess.run([*self.common, "--site-only"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("0 new assets, 0 pages, 0 to remove", done.stdout)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed if result.testsRun else 0} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(1 if failed else 0)
