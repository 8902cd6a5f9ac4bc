"""What an upload of the site changes: compared by hash, as a value, without asking anybody.

    manifest of the build, manifest of the bucket, now ─► compare ─► Changes ─► upload (or print)

The bucket's manifest is that of the last upload, and since when files that nothing names any more have been so.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

# What is not for visitors; see generator/src/publish.
PRIVATE = ".zavicaj"
# Somebody may have a page open that names a file of an earlier build.
KEPT_FOR = timedelta(days=30)
# CloudFront works on 3,000 paths at a time; above this, one for everything.
MOST_PATHS = 1500
# An asset's name never means anything else. A page is asked for again each time; the caches of CloudFront keep it for
# an hour and are told of changes before that.
LASTING = "public, max-age=31536000, immutable"
ASKED_AGAIN = "public, max-age=0, s-maxage=3600, must-revalidate"

# As the embedded server sends them (generator/src/serve/files.rs).
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "ico": "image/vnd.microsoft.icon",
    "woff2": "font/woff2",
    "woff": "font/woff",
    "pdf": "application/pdf",
    "ics": "text/calendar; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "vtt": "text/vtt; charset=utf-8",
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "rtf": "application/rtf",
    "epub": "application/epub+zip",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
}


class Unreadable(Exception):
    """A manifest is not what it should be."""


@dataclass
class Manifest:
    """Hash by path, and since when files are there that nothing names."""

    files: dict[str, str] = field(default_factory=dict)
    retired: dict[str, datetime] = field(default_factory=dict)

    @staticmethod
    def read(text: str, where: str) -> "Manifest":
        try:
            value = json.loads(text)
            files = {path: entry["hash"] for path, entry in value["files"].items()}
            retired = {path: datetime.fromisoformat(at) for path, at in value.get("retired", {}).items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable(f"{where}: this is no manifest ({error!r})") from error
        for path in [*files, *retired]:
            if not path or path.startswith("/") or ".." in path.split("/") or path.split("/")[0] == PRIVATE:
                raise Unreadable(f"{where}: {path!r} is no file for visitors")
        return Manifest(files, retired)

    def text(self) -> str:
        files = {path: {"hash": digest} for path, digest in sorted(self.files.items())}
        retired = {path: at.isoformat() for path, at in sorted(self.retired.items())}
        return json.dumps({"files": files, "retired": retired}, ensure_ascii=False, indent=1) + "\n"


@dataclass
class Changes:
    """What has to be done, in this order: assets, (functions,) pages, then what goes."""

    assets: list[str]
    # Those of them that are there already, with other content: no build makes that twice, but a cache may hold it.
    rewritten: list[str]
    pages: list[str]
    removed: list[str]
    same: int
    after: Manifest

    def paths(self) -> list[str]:
        """What CloudFront has to forget: a page's file, and the address that leads to it."""
        paths = set()
        for path in self.pages + self.removed + self.rewritten:
            paths.add("/" + path)
            if path.split("/")[-1] == "index.html":
                paths.add("/" + path[: -len("index.html")])
        # CloudFront takes addresses as a browser sends them.
        return ["/*"] if len(paths) > MOST_PATHS else sorted(quote(path) for path in paths)

    def missing_pages(self) -> list[str]:
        """What the distribution of missing pages has to forget."""
        return sorted(quote("/" + path) for path in self.pages if path.split("/")[-1] == "404.html")

    def is_nothing(self) -> bool:
        return not (self.assets or self.pages or self.removed)


def is_asset(path: str, digest: str) -> bool:
    """Whether a name will never mean anything else: it bears the hash of its content, or, where the build writes
    names into a style sheet or script, of its source. An author's `list.20191231.pdf` is none."""
    found = re.search(r"\.([0-9a-f]{8})\.([a-z0-9]+)$", path)
    return bool(found) and (digest.startswith(found[1]) or found[2] in ("css", "js"))


def compare(built: Manifest, there: Manifest, now: datetime) -> Changes:
    changed = [path for path, digest in sorted(built.files.items()) if there.files.get(path) != digest]
    assets = [path for path in changed if is_asset(path, built.files[path])]
    rewritten = [path for path in assets if path in there.files]
    pages = [path for path in changed if not is_asset(path, built.files[path])]
    gone = [path for path in sorted(there.files) if path not in built.files]
    retired = {path: at for path, at in there.retired.items() if path not in built.files}
    retired |= {path: now for path in gone if is_asset(path, there.files[path])}
    over = sorted(path for path, at in retired.items() if now - at >= KEPT_FOR)
    removed = sorted([path for path in gone if path not in retired] + over)
    after = Manifest(built.files, {path: at for path, at in retired.items() if path not in over})
    return Changes(assets, rewritten, pages, removed, len(built.files) - len(changed), after)


def headers(path: str, digest: str) -> tuple[str, str]:
    """Content type and caching of a file."""
    name = path.split("/")[-1]
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    kind = "application/atom+xml; charset=utf-8" if name == "atom.xml" else TYPES.get(extension)
    return kind or "application/octet-stream", LASTING if is_asset(path, digest) else ASKED_AGAIN


def built_in(public: Path) -> Manifest:
    """The manifest of a build, which has to lie there whole."""
    path = public / PRIVATE / "manifest.json"
    manifest = Manifest.read(path.read_text(encoding="utf-8"), str(path))
    for name in manifest.files:
        if not (public / name).is_file():
            raise Unreadable(f"{public / name} is missing although the manifest names it; build again")
    return manifest
