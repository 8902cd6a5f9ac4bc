#!/usr/bin/env python3
"""Tests of functions/deploy: what it compares, and what it does to a bucket.

    tests/tools/with-ministack tests/deploy/run.py

Without ministack only what needs no bucket is tested. The AWS CLI is that of tests/tools/awscli-requirements.txt.
The last line counts: "N passed, N failed, N skipped".
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "functions"))
from deployment import aws, site  # noqa: E402

ENDPOINT = os.environ.get("ZAVICAJ_TEST_DYNAMODB")
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=timezone.utc)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def asset(name: str, text: str) -> str:
    stem, extension = name.rsplit(".", 1)
    return f"{stem}.{digest(text)[:8]}.{extension}"


def build(public: Path, files: dict[str, str], next_change: str = "") -> None:
    """A folder as `zavicaj build` leaves it."""
    manifest = {"files": {path: {"bytes": len(text), "hash": digest(text)} for path, text in files.items()}}
    private = {"manifest.json": json.dumps(manifest), "forms.json": "{}", "cache": "x", "next-change": next_change}
    for path, text in [*files.items(), *((f".zavicaj/{name}", text) for name, text in private.items())]:
        (public / path).parent.mkdir(parents=True, exist_ok=True)
        (public / path).write_text(text, encoding="utf-8")


def manifest(files: dict[str, str], retired: dict[str, datetime] | None = None) -> site.Manifest:
    return site.Manifest({path: digest(text) for path, text in files.items()}, retired or {})


class Comparing(unittest.TestCase):
    def test_only_what_differs_is_sent_assets_apart_from_pages(self):
        style = asset("style.css", "b")
        changes = site.compare(
            manifest({"index.html": "new", "same/index.html": "same", style: "b"}),
            manifest({"index.html": "old", "same/index.html": "same"}), NOW)
        self.assertEqual((changes.assets, changes.pages, changes.removed), ([style], ["index.html"], []))
        self.assertEqual(changes.same, 1)

    def test_an_asset_that_nothing_names_stays_for_thirty_days_and_a_page_goes_at_once(self):
        old = asset("style.css", "a")
        there = manifest({"index.html": "x", "gone/index.html": "x", old: "a"})
        built = manifest({"index.html": "x"})
        first = site.compare(built, there, NOW)
        self.assertEqual(first.removed, ["gone/index.html"])
        self.assertEqual(first.after.retired, {old: NOW})
        read = site.Manifest.read(first.after.text(), "test")
        self.assertEqual(site.compare(built, read, NOW + timedelta(days=29)).removed, [])
        last = site.compare(built, read, NOW + timedelta(days=30))
        self.assertEqual((last.removed, last.after.retired), ([old], {}))

    def test_an_asset_that_is_wanted_again_is_not_removed(self):
        style = asset("style.css", "a")
        changes = site.compare(manifest({style: "a"}), manifest({}, {style: NOW - timedelta(days=40)}), NOW)
        self.assertEqual((changes.assets, changes.removed, changes.after.retired), ([style], [], {}))

    def test_a_date_in_a_name_is_no_fingerprint(self):
        self.assertFalse(site.is_asset("popis.20191231.pdf", digest("x")))
        self.assertFalse(site.is_asset("index.html", digest("x")))
        self.assertTrue(site.is_asset(asset("slika.jpg", "x"), digest("x")))
        self.assertTrue(site.is_asset("style.49c22bf3.css", digest("x")), "a style sheet with names of others inside")
        kind, caching = site.headers("popis.20191231.pdf", digest("x"))
        self.assertEqual((kind, caching), ("application/pdf", site.ASKED_AGAIN))

    def test_cloudfront_forgets_a_page_by_both_of_its_addresses_and_nothing_else(self):
        built = {"index.html": "n", "a/index.html": "n", "robots.txt": "same", "de/404.html": "n", asset("s.css", "n"): "n"}
        there = {"index.html": "o", "a/index.html": "o", "robots.txt": "same", "alt.pdf": "o"}
        changes = site.compare(manifest(built), manifest(there), NOW)
        self.assertEqual(changes.paths(), ["/", "/a/", "/a/index.html", "/alt.pdf", "/de/404.html", "/index.html"])
        self.assertEqual(changes.missing_pages(), ["/de/404.html"])

    def test_cloudfront_is_told_of_addresses_as_browsers_send_them(self):
        changes = site.compare(manifest({"čaj/index.html": "n", "popis 1.pdf": "n"}), site.Manifest(), NOW)
        self.assertEqual(changes.paths(), ["/%C4%8Daj/", "/%C4%8Daj/index.html", "/popis%201.pdf"])

    def test_so_many_paths_that_cloudfront_would_refuse_them_are_one(self):
        built = {f"{number}/index.html": "n" for number in range(1000)}
        self.assertEqual(site.compare(manifest(built), site.Manifest(), NOW).paths(), ["/*"])

    def test_what_is_not_for_visitors_is_refused_in_a_manifest(self):
        for path in [".zavicaj/cache", "../outside", "/etc/passwd", ""]:
            with self.assertRaises(site.Unreadable):
                site.Manifest.read(json.dumps({"files": {path: {"hash": "x"}}}), "test")
        with self.assertRaises(site.Unreadable):
            site.Manifest.read("[]", "test")

    def test_types_are_those_of_the_embedded_server(self):
        source = (ROOT / "generator/src/serve/files.rs").read_text(encoding="utf-8")
        known = {name for arm in re.findall(r"Some\((.+?)\) =>", source) for name in re.findall(r'"(\w+)"', arm)}
        self.assertEqual(known, set(site.TYPES))
        for extension, kind in site.TYPES.items():
            self.assertIn(f'"{extension}"', source)
            self.assertIn(f'=> "{kind}"', source)


class Asking(unittest.TestCase):
    def outputs_of(self, status: str):
        """Of a stack in this state, told by an AWS CLI of ours."""
        with tempfile.TemporaryDirectory() as folder:
            said = {"Stacks": [{"StackStatus": status, "Outputs": [{"OutputKey": "Table", "OutputValue": "t"}]}]}
            tool = Path(folder) / "aws"
            tool.write_text(f"#!/bin/sh\necho '{json.dumps(said)}'\n", encoding="utf-8")
            tool.chmod(0o755)
            before = os.environ["PATH"]
            os.environ["PATH"] = f"{folder}:{before}"
            try:
                return aws.outputs("town")
            finally:
                os.environ["PATH"] = before

    def test_a_stack_that_nothing_can_be_sent_to_is_told_with_what_to_do(self):
        for status in ["ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "CREATE_FAILED"]:
            with self.assertRaisesRegex(aws.Failed, f"the stack town is {status}: .* delete-stack"):
                self.outputs_of(status)
        self.assertIsNone(self.outputs_of("REVIEW_IN_PROGRESS"))
        for status in ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]:
            self.assertEqual(self.outputs_of(status), {"Table": "t"})


class Planning(unittest.TestCase):
    def test_a_plan_says_what_would_change_without_credentials_or_network(self):
        with tempfile.TemporaryDirectory() as folder:
            public, state = Path(folder) / "public", Path(folder) / "state.json"
            style = asset("style.css", "b")
            build(public, {"index.html": "new", style: "b"})
            state.write_text(manifest({"index.html": "old", "weg/index.html": "x"}).text(), encoding="utf-8")
            done = subprocess.run(
                [ROOT / "functions/deploy", "--plan", "--built", "--public", public, "--state", state,
                 "--set", "SiteDomain=www.ljubuski.example"],
                # No AWS CLI, no home, no credentials.
                env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(f"asset   {style}\npage    index.html\nremove  weg/index.html\n", done.stdout)
            self.assertIn("1 new assets, 1 pages, 1 to remove, 0 the same", done.stdout)
            self.assertIn("SiteDomain=www.ljubuski.example", done.stdout)

    def test_pages_for_another_address_than_the_functions_expect_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            public = Path(folder) / "public"
            build(public, {"index.html": "x"})
            plan = [ROOT / "functions/deploy", "--plan", "--built", "--public", public, "--state", public / "none",
                    "--set", "SiteDomain=www.ljubuski.example", "--base-url"]
            done = subprocess.run([*plan, "https://ljubuski.example"], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("the stack's address is https://www.ljubuski.example", done.stderr)
            done = subprocess.run([*plan, "https://www.ljubuski.example/"], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_build_that_is_not_whole_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            public = Path(folder) / "public"
            build(public, {"index.html": "x"})
            (public / "index.html").unlink()
            done = subprocess.run([ROOT / "functions/deploy", "--plan", "--built", "--public", public],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("build again", done.stderr)


@unittest.skipUnless(ENDPOINT, "no ministack")
class Uploading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        tools = subprocess.run([ROOT / "tests/tools/venv", "awscli"], stdout=subprocess.PIPE, text=True, check=True)
        os.environ.update({
            "PATH": f"{tools.stdout.strip()}/bin:{os.environ['PATH']}", "AWS_ENDPOINT_URL": ENDPOINT,
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent",
        })

    def setUp(self):
        self.bucket = f"site-{os.urandom(4).hex()}"
        aws.run(["aws", "s3api", "create-bucket", "--bucket", self.bucket, "--create-bucket-configuration",
                 "LocationConstraint=eu-central-1"])
        self.folder = tempfile.TemporaryDirectory()
        self.public = Path(self.folder.name) / "public"

    def tearDown(self):
        self.folder.cleanup()

    def keys(self) -> list[str]:
        answer = aws.run(["aws", "s3api", "list-objects-v2", "--bucket", self.bucket, "--output", "json"])
        return sorted(entry["Key"] for entry in json.loads(answer or "{}").get("Contents", []))

    def head(self, key: str) -> dict:
        return json.loads(aws.run(["aws", "s3api", "head-object", "--bucket", self.bucket, "--key", key]))

    def deploy(self, *more) -> subprocess.CompletedProcess:
        return subprocess.run(
            [ROOT / "functions/deploy", "--site-only", "--built", "--public", self.public, "--bucket", self.bucket,
             "--state", Path(self.folder.name) / "state.json", *more], capture_output=True, text=True)

    def test_a_site_goes_up_whole_then_only_what_changed(self):
        first_style, second_style = asset("style.css", "a"), asset("style.css", "b")
        build(self.public, {"index.html": "1", "čaj/index.html": "x", "alt/index.html": "x", first_style: "a"},
              "2026-12-31T23:00:00Z")
        done = self.deploy()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.keys(), sorted([
            "private/manifest.json", "private/next-change", "public/index.html", "public/čaj/index.html",
            "public/alt/index.html", f"public/{first_style}"]))
        page, style = self.head("public/index.html"), self.head(f"public/{first_style}")
        self.assertEqual((page["ContentType"], page["CacheControl"]), ("text/html; charset=utf-8", site.ASKED_AGAIN))
        self.assertEqual((style["ContentType"], style["CacheControl"]), ("text/css; charset=utf-8", site.LASTING))

        before = self.head("public/čaj/index.html")["LastModified"]
        (self.public / "alt/index.html").unlink()
        (self.public / first_style).unlink()
        build(self.public, {"index.html": "2", "čaj/index.html": "x", second_style: "b"})
        done = self.deploy()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("1 new assets, 1 pages, 1 to remove, 1 the same, 1 kept", done.stdout)
        self.assertEqual(self.keys(), sorted([
            "private/manifest.json", "private/next-change", "public/index.html", "public/čaj/index.html",
            f"public/{first_style}", f"public/{second_style}"]))
        self.assertEqual(self.head("public/čaj/index.html")["LastModified"], before)

        done = self.deploy()
        self.assertIn("0 new assets, 0 pages, 0 to remove, 3 the same, 1 kept", done.stdout)

    def test_an_upload_that_broke_off_is_completed_by_the_next_one(self):
        build(self.public, {"index.html": "1", "weg/index.html": "x", asset("s.js", "a"): "a"})
        self.assertEqual(self.deploy().returncode, 0)
        (self.public / "weg/index.html").unlink()
        build(self.public, {"index.html": "2", asset("s.js", "b"): "b"})
        bucket = aws.Bucket(self.bucket)
        built, there = site.built_in(self.public), site.Manifest.read(bucket.private("manifest.json"), "test")

        def breaks_off():
            # The assets are there, and no page names them yet.
            self.assertIn(f"public/{asset('s.js', 'b')}", self.keys())
            self.assertEqual(self.head("public/index.html")["ContentLength"], 1)
            raise aws.Failed("the functions could not be sent")

        with self.assertRaises(aws.Failed):
            aws.publish(self.public, site.compare(built, there, NOW), bucket, breaks_off, {})
        self.assertIn("public/weg/index.html", self.keys(), "nothing goes before the new pages are there")
        self.assertEqual(self.deploy().returncode, 0)
        self.assertNotIn("public/weg/index.html", self.keys())

    def test_hourly_nothing_is_built_until_the_moment_has_passed(self):
        build(self.public, {"index.html": "1"}, "2999-12-31T23:00:00Z")
        self.assertEqual(self.deploy().returncode, 0)
        build(self.public, {"index.html": "2"}, "")
        done = self.deploy("--if-due")
        self.assertEqual((done.returncode, done.stdout), (0, "nothing is due until 2999-12-31T23:00:00Z\n"))
        self.assertEqual(self.deploy("--due").stdout, done.stdout)
        aws.Bucket(self.bucket).remember("next-change", "2020-01-01T00:00:00Z")
        self.assertEqual(self.deploy("--due").stdout, "due\n")
        self.assertIn("1 pages", self.deploy("--if-due").stdout)
        self.assertEqual(self.deploy("--if-due").stdout, "nothing is due\n")

    def test_an_address_that_the_first_stack_cannot_have_is_refused_before_anything_is_done(self):
        build(self.public, {"index.html": "1"})
        done = subprocess.run(
            [ROOT / "functions/deploy", "--tested", "--built", "--public", self.public, "--stack", "there-is-none",
             "--base-url", "https://ljubuski.example"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("without SiteDomain the address is CloudFront's", done.stderr)

    def test_a_site_for_another_address_or_sender_is_refused_before_anything_is_built(self):
        build(self.public, {"index.html": "1"})
        bundle = {"public_url": "https://ljubuski.example", "sender": {"address": "no-reply@ljubuski.example"}}
        (self.public / ".zavicaj/forms.json").write_text(json.dumps(bundle), encoding="utf-8")
        for settings, said in [
            (["SiteDomain=www.ljubuski.example"], "was built for https://ljubuski.example"),
            (["SiteDomain=ljubuski.example", "MailFrom=grad@ljubuski.example"], "letters come from no-reply@"),
        ]:
            given = [part for setting in settings for part in ("--set", setting)]
            done = subprocess.run([ROOT / "functions/deploy", "--tested", "--built", "--public", self.public,
                                   "--bucket", self.bucket, *given], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
            self.assertIn(said, done.stderr)

    def test_a_bucket_that_is_not_there_is_an_error_and_no_first_upload(self):
        build(self.public, {"index.html": "1"})
        self.bucket = "there-is-none"
        done = self.deploy()
        self.assertEqual(done.returncode, 2)
        self.assertIn("functions/deploy: aws", done.stderr)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(1 if failed else 0)
