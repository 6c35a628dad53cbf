# SPDX-License-Identifier: GPL-2.0-only
"""Real mail programs for the tests of this folder, and our two kinds of real servers for them to talk to.

Exim and Postfix's test programs are those that tests/interop/fetch.sh unpacked (MAILROOM_INTEROP names the folder);
nothing of them is installed, no system user is needed, and no process has privileges: under root they run as nobody.
Every program has a free port of 127.0.0.1, and is ended by its own process id.
"""

import atexit
import glob
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(SOURCE / "tests" / "system"))
import laboratory  # noqa: E402
from host_test import HERE, Host, free_port  # noqa: E402
from laboratory import MAILROOM, Laboratory  # noqa: E402

PATIENCE_S = 60
NOBODY = 65534
DELAY_S = 0.3
ROUND_TRIP_S = 2 * DELAY_S
unpacked = pathlib.Path(os.environ.get("MAILROOM_INTEROP", SOURCE / "build" / "interop"))
AS_ROOT = os.geteuid() == 0


def reachable_tree():
    """The unpacked servers, where who runs them may read them: root's may lie where nobody is let in."""
    global unpacked
    if AS_ROOT and (unpacked / "complete").exists() and not hasattr(reachable_tree, "done"):
        copy = pathlib.Path(tempfile.mkdtemp(prefix="mailroom-judges-"))
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        copy.chmod(0o755)
        shutil.copytree(unpacked, copy / "tree", symlinks=True)
        unpacked = copy / "tree"
        reachable_tree.done = True
    return unpacked


def program(test, name, package):
    """A client that is installed; else the test is skipped."""
    path = shutil.which(name)
    if not path:
        test.skipTest(f"{name} is not installed ({package})")
    return path


def server(test, name):
    """A program of the unpacked ones; else the test is skipped."""
    path = reachable_tree() / "usr" / "sbin" / name
    if not os.access(path, os.X_OK):
        test.skipTest(f"{name} is not there: tests/interop/fetch.sh fetches it")
    return str(path)


def unprivileged():
    """How Popen runs a judge."""
    tree = reachable_tree()
    paths = [str(tree / "usr/lib/postfix"), *glob.glob(str(tree / "usr/lib/*-linux-*")), *glob.glob(str(tree / "lib/*-linux-*"))]
    how = {"env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LD_LIBRARY_PATH": ":".join(paths)}}
    if AS_ROOT:
        how.update(user=NOBODY, group=NOBODY, extra_groups=[])
    return how


def own(path):
    """Gives a folder to who runs the judges."""
    path.mkdir(parents=True, exist_ok=True)
    if AS_ROOT:
        os.chown(path, NOBODY, NOBODY)
    return path


def wait_until(test, what, is_so, patience_s=PATIENCE_S):
    deadline = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline:
            test.fail(f"not within {patience_s} s: {what}")
        time.sleep(0.05)


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) == 0


def started(test, command, port, log, **how):
    """A server in the background, as soon as it listens."""
    with open(log, "wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, cwd="/",
                                   start_new_session=True, **how)

    def listens():
        if process.poll() is not None:
            test.fail(f"{command} ended: {log.read_text(errors='replace')}")
        return is_listening(port)

    def end():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)  # the session of its own: Exim's deliveries are in it
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    test.addCleanup(end)
    wait_until(test, f"{command[0]} listens", listens)
    return process, end


class Sink:
    """Postfix's smtp-sink: takes all mail, or fails as told; what it took is in files."""

    def __init__(self, test, *options, port=None):
        self.port = port or free_port()
        self.folder = own(test.folder / f"sink-{self.port}-{time.monotonic_ns()}")
        command = [server(test, "smtp-sink"), "-d", f"{self.folder}/m.", *options, f"{HERE}:{self.port}", "100"]
        self.process, self.end = started(test, command, self.port, test.folder / f"{self.folder.name}.said", **unprivileged())

    def messages(self):
        """The complete transactions: (fields that tell of the envelope, octets of the message with LF)."""
        found = []
        for path in sorted(self.folder.iterdir()):
            octets = path.read_bytes()
            head = re.match(rb"(?:X-[^\n]*\n)+", octets)
            text = octets[head.end():].removesuffix(b"\n")  # it sets an empty line behind each message
            text = re.sub(rb"\AReceived: [^\n]*\n(?:[ \t][^\n]*\n)*", b"", text)  # its own
            found.append((head[0], text))
        return found


EXIM = """
primary_hostname = exim.example
spool_directory = {spool}/spool
log_file_path = {spool}/log/%s
pid_file_path = {spool}/pid
exim_path = {exim}
keep_environment = LD_PRELOAD : LD_LIBRARY_PATH : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
exim_user = {uid}
exim_group = {gid}
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
chunking_advertise_hosts = *
smtp_accept_max = 200
smtp_accept_queue_per_connection = 0
smtp_accept_queue = 0
queue_run_max = 10
timezone = UTC
acl_smtp_rcpt = accept
acl_smtp_data = accept
{more}
begin acl
begin routers
own:
  driver = accept
  domains = exim.example
  transport = box
onward:
  driver = manualroute
  domains = ! exim.example
  route_list = * 127.0.0.1::{next}
  self = send
  transport = smtp
begin transports
box:
  {box}
smtp:
  driver = smtp
  hosts_try_chunking = {chunking}
begin retry
* * F,1h,1s
"""
MAILDIR = """driver = appendfile
  directory = {spool}/box
  maildir_format
  create_directory
  user = {uid}
  group = {gid}
  delivery_date_add = false
  envelope_to_add = false
  return_path_add = true"""


class Exim:
    """Exim, without an installation: its files in a folder of the test's, its system user by nss_wrapper."""

    def __init__(self, test, onward=1, box=MAILDIR, more="", chunking="", queue=("-q2s",)):
        exim = server(test, "exim4")
        wrapper = glob.glob(str(reachable_tree() / "usr/lib/*/libnss_wrapper.so"))
        if not wrapper:
            test.skipTest("nss_wrapper is not there: tests/interop/fetch.sh fetches it")
        self.test, self.port = test, free_port()
        self.spool = own(test.folder / f"exim-{self.port}")
        own(self.spool / "log")
        uid, gid = (NOBODY, NOBODY) if AS_ROOT else (os.getuid(), os.getgid())
        self.how = unprivileged()
        (self.spool / "passwd").write_text(f"root:x:0:0::/:/bin/sh\nDebian-exim:x:{uid}:{gid}::/:/bin/sh\n")
        (self.spool / "group").write_text(f"root:x:0:\nDebian-exim:x:{gid}:\n")
        self.how["env"].update(LD_PRELOAD=wrapper[0], NSS_WRAPPER_PASSWD=str(self.spool / "passwd"),
                               NSS_WRAPPER_GROUP=str(self.spool / "group"))
        self.configuration = self.spool / "exim.conf"
        self.configuration.write_text(EXIM.format(spool=self.spool, exim=exim, uid=uid, gid=gid, port=self.port, next=onward,
                                                  more=more, chunking=chunking,
                                                  box=box.format(spool=self.spool, uid=uid, gid=gid)))
        self.process, self.end = started(test, [exim, "-C", str(self.configuration), "-bdf", *queue], self.port,
                                         self.spool / "said", **self.how)

    def box(self):
        return [path.read_bytes() for path in sorted((self.spool / "box" / "new").glob("*"))]

    def log(self):
        return "".join(path.read_text(errors="replace") for path in (self.spool / "log").glob("*"))


class Net(Host):
    """A `mailroom serve` of our own, used as a Host is: the doors of one host by name."""

    def __init__(self, test, scenario, host, doors, *options):
        self.test, self.name = test, host
        self.path = test.folder / f"{pathlib.Path(scenario).stem}-serve.mailroom"
        opened = ["--open", ",".join(f"{host}:{door}" for door in doors)] if doors else []
        self.process = subprocess.Popen(
            [MAILROOM, "serve", str(scenario), *opened, "--out", str(self.path), *map(str, options)], cwd=test.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        test.addCleanup(self.kill)
        self.ports, self.said = {}, []
        self.errors = []
        names = {"25": "smtp", "587": "submission", "53": "dns"}
        while len(self.ports) < len(doors):
            line = self.process.stdout.readline()
            if not line:
                test.fail(f"mailroom serve did not begin: {self.process.stderr.read()}")
            if found := re.search(r":(\d+) is open at 127\.0\.0\.1:(\d+)", line):
                self.ports[names[found[1]]] = int(found[2])
        self.drain = threading.Thread(target=self.read_errors, daemon=True)
        self.drain.start()

    def read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line)

    def end(self, by=signal.SIGINT):
        self.process.send_signal(by)
        self.process.wait(PATIENCE_S)
        self.test.assertEqual(self.process.returncode, 0, "".join(self.errors[-5:]))
        return self.process.stdout.read()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.drain.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


def run(test, command, stdin=b"", expect=0, timeout_s=PATIENCE_S, **how):
    """A client; what it printed, and how long it took."""
    began = time.monotonic()
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout_s, cwd=how.pop("cwd", test.folder), check=False,
                          **how)
    took = time.monotonic() - began
    said = (done.stdout + done.stderr).decode("utf-8", "backslashreplace")
    if expect is not None and done.returncode != expect:
        test.fail(f"{' '.join(map(str, command))}\nended with {done.returncode} instead of {expect}; it said:\n{said[-3000:]}")
    return said, took


def without_trace(octets):
    """A message without the fields that receivers put in front of it."""
    while found := re.match(rb"(?:Received|Return-Path|Delivered-To):[^\n]*\n(?:[ \t][^\n]*\n)*", octets, re.IGNORECASE):
        octets = octets[found.end():]
    return octets


class Judged(Laboratory):
    """A test whose folder the judges can write in."""

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)

    def assert_clean(self, server):
        """`mailroom verify` finds that mail was conserved."""
        self.assertIn("Mail was conserved", self.call("verify", server.path).stdout)
