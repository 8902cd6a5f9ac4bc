"""Running a command beside a server of the tests: installed once, on loopback, stopped with all that it started."""

import argparse
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

TOOLS = Path(os.environ.get("CARGO_TARGET_DIR") or Path(__file__).resolve().parents[2] / "target") / "tools"
UNAVAILABLE = 69
READY_WITHIN_S = 30
STARTS = 3


class Unavailable(Exception):
    """The server cannot be installed or started."""


@dataclass
class Server:
    """What runs beside the command."""

    name: str
    # Answers the program, installed if it was not there.
    install: Callable[[], Path]
    # What follows the program, for a port.
    arguments: Callable[[int], list[str]]
    # Its variables beside PATH, HOME and TMPDIR, for a port.
    environment: Callable[[int], dict[str, str]]
    # A path that answers 200 once it is ready.
    ready: str
    # The variables of the command, for an endpoint.
    variables: Callable[[str], dict[str, str]]


@contextmanager
def installing(name: str) -> Iterator[Path]:
    """The folder of a tool; two callers at once do not meet."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    with open(TOOLS / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield TOOLS / name


def step(name: str, command: list, environment: dict[str, str] | None = None) -> None:
    """One step of an installation; what it says goes where a reader looks for errors."""
    if subprocess.run(command, stdout=sys.stderr, env=environment).returncode != 0:
        raise Unavailable(f"cannot install {name}: {' '.join(map(str, command))} failed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent() -> None:
    """In the new process: asks Linux to stop it when this script ends, even if that was killed."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def start(server: Server, program: Path, port: int, folder: str) -> subprocess.Popen:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, **server.environment(port)}
    with open(Path(folder) / "server.log", "w") as log:
        # A session of its own, so that it and its children, and nothing else, can be stopped together.
        return subprocess.Popen(
            [program, *server.arguments(port)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True, preexec_fn=end_with_parent,
        )


def wait_until_ready(process: subprocess.Popen, url: str) -> bool:
    """False if it ended, for example because another program took the port."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        try:
            with opener.open(url, timeout=1) as answer:
                # The port may have been taken by another program: ours must still run.
                if answer.status == 200 and process.poll() is None:
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)
    return False


def stop(process: subprocess.Popen) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            pass
        try:
            process.wait(timeout=5)
            # Its own end is not enough: children of its session may outlive it for a moment.
            os.killpg(process.pid, signal.SIGKILL)
            return
        except subprocess.TimeoutExpired:
            continue
        except (ProcessLookupError, PermissionError):
            return


def run(name: str, command: list[str], variables: dict[str, str]) -> int:
    try:
        child = subprocess.Popen(command, env=dict(os.environ, **variables))
    except OSError as error:
        print(f"{name}: cannot run {command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    # An interrupt reaches the command too; its end decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code


def main(server: Server, documentation: str) -> int:
    """Runs the command of the command line beside the server; its exit code is the command's."""
    name = f"with-{server.name}"
    lines = documentation.splitlines()
    parser = argparse.ArgumentParser(description=lines[0], usage=lines[2].strip())
    parser.add_argument("--port", type=int)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if not arguments.command:
        parser.error("a command is missing")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix=f"{server.name}-") as folder:
        process = None
        try:
            program = server.install()
            for _ in range(1 if arguments.port else STARTS):
                port = arguments.port or free_port()
                process = start(server, program, port, folder)
                endpoint = f"http://127.0.0.1:{port}"
                if wait_until_ready(process, f"{endpoint}{server.ready}"):
                    return run(name, arguments.command, server.variables(endpoint))
                stop(process)
            log = (Path(folder) / "server.log").read_text()[-2000:]
            raise Unavailable(f"{server.name} did not start on {endpoint}:\n{log}")
        except Unavailable as reason:
            print(f"{name}: {reason}", file=sys.stderr)
            return UNAVAILABLE
        finally:
            if process is not None:
                stop(process)
