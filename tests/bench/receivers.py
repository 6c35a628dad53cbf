# SPDX-License-Identifier: GPL-2.0-only
"""How fast `mailroom host` receives mail beside Exim and smtp-sink, under the same smtp-source: ratios, never a verdict.

    MAILROOM=build/release/bin/mailroom tests/bench/receivers.py [--messages 2000] [--octets 2000] [--sessions 10] [--rounds 3]

All run in turn, and keep their files in memory (/dev/shm), where a sync costs nothing: Exim as Debian builds it cannot be
told to leave it out. Time is from the first connection to the last 250 of smtp-source; processor time is the server's and its
children's, but for Exim's deliveries, which no one waits for. `host` records at level mail, adds its trace field, and
delivers into a mailbox; Exim does the same into a maildir, or only queues; smtp-sink throws all away.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import judges  # noqa: E402
from judges import HERE, Exim, Host, Sink  # noqa: E402

SCENARIO = """mailroom: 1
topology: {links: [{between: [a, b]}]}
hosts:
  a: {domains: a.example, users: [ann]}
  b: {domains: b.example, users: [bob], smtp: {clients: {connections: 0}}}
"""


class Place(contextlib.ExitStack):
    """What the judges ask of a test: a folder, things to do at the end, and ways to give up."""

    def __init__(self):
        super().__init__()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailroom-receivers-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)

    def addCleanup(self, call, *arguments, **named):  # noqa: N802 (unittest's name)
        self.callback(call, *arguments, **named)

    def skipTest(self, why):  # noqa: N802
        sys.exit(f"receivers: {why}")

    def fail(self, why):
        sys.exit(f"receivers: {why}")

    def assertEqual(self, one, other, why=""):  # noqa: N802
        if one != other:
            self.fail(f"{one} instead of {other}: {why}")


def ours(place):
    scenario = place.folder / "host.yaml"
    scenario.write_text(SCENARIO)
    host = Host(place, scenario, "b", "--port", "smtp=0", "--record", "mail")
    return host.process, host.ports["smtp"], lambda: host.count("copy.delivered")


def exim(place, **more):
    server = Exim(place, **more)
    return server.process, server.port, lambda: server.log().count(" <= ")


def queue_only(place):
    return exim(place, more="queue_only", queue=())


def sink(place):
    # Without its files, which are for comparing.
    port = judges.free_port()
    process, _ = judges.started(place, [judges.server(place, "smtp-sink"), f"{HERE}:{port}", "100"], port, place.folder / "said",
                                **judges.unprivileged())
    return process, port, None


SERVERS = {"mailroom host": (ours, "bob@b.example"), "Exim, delivers": (exim, "x@exim.example"),
           "Exim, queues": (queue_only, "x@exim.example"), "smtp-sink": (sink, "x@exim.example")}


def processor_s(pid):
    """Of a process and the children that it has waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def measure(name, options, *more):
    start, recipient = SERVERS[name]
    with Place() as place:
        process, port, count = start(place)
        cost = processor_s(process.pid)
        began = time.monotonic()
        subprocess.run([judges.server(place, "smtp-source"), "-s", str(options.sessions), "-m", str(options.messages), "-l", str(options.octets),
                        "-f", "ann@a.example", "-t", recipient, *more, f"{HERE}:{port}"], cwd="/", check=True, **judges.unprivileged())
        took = time.monotonic() - began
        if count:
            judges.wait_until(place, f"{name} has all", lambda: count() == options.messages)
        return took, processor_s(process.pid) - cost


def main():
    parser = argparse.ArgumentParser()
    for what, default in (("messages", 2000), ("octets", 2000), ("sessions", 10), ("rounds", 3)):
        parser.add_argument(f"--{what}", type=int, default=default)
    options = parser.parse_args()
    print(f"{options.messages} messages of {options.octets} octets in {options.sessions} sessions, {options.rounds} rounds in turn, files in memory")
    for words, more in (("a connection for each message", ()), ("all of a session over one connection", ("-d",))):
        print(f"{words:40}{'messages/s':>12}{'time, ratio':>14}{'processor ms':>14}{'ratio':>8}")
        rounds = {name: [] for name in SERVERS}
        for _ in range(options.rounds):
            for name, results in rounds.items():
                results.append(measure(name, options, *more))
        base = rounds["mailroom host"]
        for name, results in rounds.items():
            took, cost = (statistics.median(column) for column in zip(*results))
            slower, dearer = (statistics.median(other[at] / mine[at] for other, mine in zip(results, base)) for at in (0, 1))
            print(f"  {name:38}{options.messages / took:12.0f}{slower:14.2f}{cost * 1000 / options.messages:14.3f}{dearer:8.2f}", flush=True)


if __name__ == "__main__":
    main()
