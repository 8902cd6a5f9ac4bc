#!/usr/bin/env python3
"""functions/template.yaml itself, sent by functions/deploy to ministack with the real functions, and asked over HTTP;
then a command that has more to ask of it, usually a browser.

    tests/tools/with-ministack tests/deploy/stack.py [COMMAND [ARGUMENT …]]

    ZAVICAJ_BIN         the program, with the feature `aws`: the desk reads the stack's table with it
    ZAVICAJ_FUNCTIONS   the folder of the built functions

COMMAND finds in ZAVICAJ_STACK a file that says what was deployed: see `Town.description`. The last line of the tests
here counts: "N passed, N failed, N skipped"; COMMAND says its own. The exit code is 0 if both passed.
"""

import json
import os
import re
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
REGION = "eu-central-1"
# The policies that a behaviour of CloudFront may name, and how the AWS CLI calls them.
POLICIES = {
    "CachePolicyId": ("get-cache-policy", "CachePolicy"),
    "OriginRequestPolicyId": ("get-origin-request-policy", "OriginRequestPolicy"),
    "ResponseHeadersPolicyId": ("get-response-headers-policy", "ResponseHeadersPolicy"),
}


def tool(name: str) -> str:
    done = subprocess.run([ROOT / "tests/tools/venv", name], stdout=subprocess.PIPE, text=True, check=True)
    return f"{done.stdout.strip()}/bin"


def aws(*words) -> dict:
    answer = subprocess.run(["aws", *words, "--output", "json"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer or "{}")


def recipient(identity: Path) -> str:
    """The public key of a private one, which `zavicaj keys make` writes above it."""
    return next(word for word in identity.read_text().split() if word.startswith("age1"))


class Town:
    """Keys and site of a town, and its stack."""

    def __init__(self, place: Path):
        self.place, self.keys = place, place / "keys"
        self.command = [ROOT / "functions/deploy", "--tested", "--public", place / "public", "--state",
                        place / "state.json"]

    def deploy(self) -> None:
        subprocess.run([PROGRAM, "keys", "make", "--keys", self.keys], check=True, stdout=subprocess.DEVNULL)
        settings = {
            "DeskRecipients": recipient(self.keys / "desk/identity.age"),
            "ServiceRecipient": recipient(self.keys / "service/identity.age"),
            "AwsEndpoint": ENDPOINT, "DynamoEndpoint": ENDPOINT,
            "MailDomain": "ljubuski.example", "MailFrom": "no-reply@ljubuski.example",
            # Given and empty: as an operator takes it away again.
            "AlarmEmail": "",
        }
        settings = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
        done = subprocess.run([*self.command, *settings], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        self.said = done.stdout
        subprocess.run([*self.command, "--service-key", self.keys / "service/identity.age"], check=True,
                       stdout=subprocess.DEVNULL)
        # ministack makes secrets of all characters, whatever the template excludes: these are 64 hexadecimal digits.
        for name, file in [("HashingKey", "hashing.key"), ("ReceiptKey", "receipt.key")]:
            found = aws("cloudformation", "describe-stack-resource", "--stack-name", "zavicaj", "--logical-resource-id", name)
            aws("secretsmanager", "put-secret-value", "--secret-id", found["StackResourceDetail"]["PhysicalResourceId"],
                "--secret-string", f"file://{self.keys / 'service' / file}")
        stack = aws("cloudformation", "describe-stacks", "--stack-name", "zavicaj")["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def hashing_keys(self, file: Path | str) -> list[str]:
        return re.findall(r"\b[0-9a-f]{64}\b", (self.keys / file).read_text())

    def ask(self, path: str, body: str | None = None) -> tuple[int, str]:
        """The API itself, without CloudFront before it."""
        api = self.outputs["FormsOrigin"].split("//")[1].split(".")[0]
        request = urllib.request.Request(
            f"{ENDPOINT}/_aws/execute-api/{api}/$default{path}", data=body.encode() if body is not None else None,
            headers={"Origin": self.outputs["PublicUrl"]})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def description(self) -> dict:
        """The public address, CloudFront as it was deployed, where letters are, and what the desk needs."""
        distributions, policies, functions = {}, {}, {}
        for name in ("DistributionId", "MissingPagesId"):
            distribution = aws("cloudfront", "get-distribution", "--id", self.outputs[name])["Distribution"]
            config = distributions[distribution["DomainName"]] = distribution["DistributionConfig"]
            for behaviour in [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", {}).get("Items", [])]:
                for kind, identifier in [(kind, behaviour[kind]) for kind in POLICIES if kind in behaviour]:
                    command, member = POLICIES[kind]
                    policies[identifier] = aws("cloudfront", command, "--id", identifier)[member][f"{member}Config"]
                for association in behaviour.get("FunctionAssociations", {}).get("Items", []):
                    functions[association["FunctionARN"]] = self.code(association["FunctionARN"])
        return {
            "url": self.outputs["PublicUrl"], "emulator": ENDPOINT,
            "cloudfront": {"distributions": distributions, "policies": policies, "functions": functions},
            "keys": str(self.keys),
            "desk": {
                "ZAVICAJ_DYNAMODB_TABLE": self.outputs["Table"], "ZAVICAJ_DYNAMODB_ENDPOINT": ENDPOINT,
                "ZAVICAJ_S3_BUCKET": self.outputs["FilesBucket"], "ZAVICAJ_S3_ENDPOINT": ENDPOINT,
                "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            },
        }

    def code(self, function: str) -> str:
        """What is published of a function of CloudFront."""
        file = self.place / "function.js"
        aws("cloudfront", "get-function", "--name", function.rsplit("/", 1)[-1], "--stage", "LIVE", file)
        return file.read_text()

    def logs(self) -> str:
        """What the functions wrote for the operator: no answers, so it may be shown."""
        groups = [group["logGroupName"] for group in aws("logs", "describe-log-groups")["logGroups"]]
        events = [event for group in groups
                  for event in aws("logs", "filter-log-events", "--log-group-name", group)["events"]]
        return "\n".join(event["message"] for event in sorted(events, key=lambda event: event["timestamp"]))


class Stack(unittest.TestCase):
    town: Town

    def test_the_status_is_asked_for_over_the_api(self):
        status, page = self.town.ask("/usluge/status")
        self.assertEqual(status, 200, page[:500])
        self.assertIn("<form", page)

    def test_an_empty_form_is_answered_with_what_is_missing(self):
        for form in ["registracija", "zahtjev-za-ispravu"]:
            status, page = self.town.ask(f"/usluge/{form}/provjera", "lang=hr")
            self.assertEqual(status, 422, page[:500])

    def test_what_nothing_has_is_answered_by_the_last_function(self):
        status, page = self.town.ask("/usluge/nema/ovoga")
        self.assertEqual(status, 404, page[:500])
        self.assertIn("<h1", page)

    def test_a_second_deployment_sends_nothing_of_the_site(self):
        self.assertIn("for CloudFront to forget", self.town.said)
        done = subprocess.run([*self.town.command, "--site-only"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("0 new assets, 0 pages, 0 to remove", done.stdout)

    def test_pages_for_another_address_are_refused(self):
        done = subprocess.run([*self.town.command, "--site-only", "--base-url", "https://ljubuski.example"],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"the stack's address is {self.town.outputs['PublicUrl']}", done.stderr)

    def test_a_key_that_would_open_no_letter_is_refused(self):
        key = self.town.keys / "desk/identity.age"
        done = subprocess.run([*self.town.command, "--service-key", key], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("ServiceRecipient", done.stderr)
        self.assertNotIn("AGE-SECRET-KEY", done.stderr)

    def test_a_desk_gets_the_hashing_key_of_the_stack_and_keeps_its_own_behind_it(self):
        of_stack = self.town.hashing_keys("service/hashing.key")
        subprocess.run([PROGRAM, "keys", "make", "--keys", self.town.place / "desk"], check=True,
                       stdout=subprocess.DEVNULL)
        file = self.town.place / "desk/service/hashing.key"
        own = self.town.hashing_keys(file)
        fetch = [*self.town.command, "--hashing-key", file]
        for behind in [own, own]:
            done = subprocess.run(fetch, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(self.town.hashing_keys(file), of_stack + behind)
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            for key in of_stack + own:
                self.assertNotIn(key, done.stdout)
        self.assertEqual([entry.name for entry in file.parent.glob(".*")], [])
        shown = subprocess.run([PROGRAM, "keys", "list", "--keys", self.town.place / "desk"], capture_output=True,
                               text=True)
        self.assertEqual(shown.returncode, 0, shown.stderr)

    def test_a_key_is_fetched_from_a_stack_that_is_there(self):
        file = self.town.place / "none.key"
        done = subprocess.run([*self.town.command, "--stack", "none", "--hashing-key", file], capture_output=True,
                              text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("run functions/deploy without --hashing-key", done.stderr)
        self.assertFalse(file.exists())


def main() -> int:
    os.environ.update({
        "PATH": f"{tool('awscli')}:{tool('aws-sam-cli')}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "SAM_CLI_TELEMETRY": "0",
        "AWS_CONFIG_FILE": "/nonexistent",
    })
    with tempfile.TemporaryDirectory(prefix="zavicaj-stack-") as folder:
        town = Stack.town = Town(Path(folder))
        town.deploy()
        result = unittest.main(exit=False, verbosity=2, argv=sys.argv[:1]).result
        failed = len(result.failures) + len(result.errors)
        print(f"{result.testsRun - failed} passed, {failed} failed, {len(result.skipped)} skipped", flush=True)
        code = 0
        if sys.argv[1:]:
            stack = town.place / "stack.json"
            stack.write_text(json.dumps(town.description(), indent=1), encoding="utf-8")
            code = subprocess.run(sys.argv[1:], env=dict(os.environ, ZAVICAJ_STACK=str(stack))).returncode
        if failed or code or os.environ.get("ZAVICAJ_TEST_LOGS"):
            print(town.logs()[-4000:])
        return 1 if failed or code else 0


if __name__ == "__main__":
    sys.exit(main())
