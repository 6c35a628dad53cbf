# SPDX-License-Identifier: GPL-2.0-only
"""`mailroom host`: one simulated host as a real server on 127.0.0.1, driven by Python's smtplib, dig and raw sockets."""

import email.utils
import os
import pathlib
import re
import resource
import shutil
import signal
import smtplib
import socket
import struct
import subprocess
import threading
import time
import unittest

import laboratory
from laboratory import MAILROOM, Laboratory, has_sanitizers, read_only

PATIENCE_S = 30
HERE = "127.0.0.1"

OFFICES = {
    "topology": {"links": [{"between": ["mx1", "mx2"], "rate": "10Mbps", "delay": "10ms"}]},
    "hosts": {"mx1": {"domains": "one.example", "users": ["ann"], "submission": 587,
                      "retry": {"intervals": "1s", "give-up": "1h"}},
              "mx2": {"domains": "two.example", "users": ["bob"]}}}


def free_port():
    """A port that was free a moment ago, for what must be known before a program has it."""
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        return taken.getsockname()[1]


def letter(subject, text="hello\r\n"):
    return f"From: <stranger@elsewhere.example>\r\nSubject: {subject}\r\n\r\n{text}"


class Host:
    """A `mailroom host` of our own: started, its ports read, and ended by its own process id."""

    def __init__(self, test, scenario, name, *options, out=None):
        self.test, self.name = test, name
        self.path = test.folder / (out or f"{name}.mailroom")
        self.process = subprocess.Popen(
            [MAILROOM, "host", str(scenario), name, "--out", str(self.path), "--quiet", *map(str, options)],
            cwd=test.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        test.addCleanup(self.kill)
        self.ports, self.said = {}, []
        reader = threading.Thread(target=self.read)
        reader.start()
        reader.join(PATIENCE_S)
        if reader.is_alive() or "names" not in self.said[-1]:
            test.fail(f"mailroom host {name} did not begin: {self.said}")

    def read(self):
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            found = re.fullmatch(rf"(\w+) of {self.name} listens on 127\.0\.0\.1:(\d+)", self.said[-1])
            if found:
                self.ports[found[1]] = int(found[2])
            if self.said[-1].startswith("names "):
                return
        self.said.append(self.process.stderr.read())

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, by=signal.SIGINT):
        """Ends it in order; what it said."""
        self.process.send_signal(by)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        self.test.assertEqual(self.process.returncode, 0, out + err)
        return out

    def smtp(self, service="smtp"):
        return smtplib.SMTP(HERE, self.ports[service], timeout=PATIENCE_S)

    def raw(self, service="smtp"):
        connection = socket.create_connection((HERE, self.ports[service]), timeout=PATIENCE_S)
        self.test.addCleanup(connection.close)
        return connection

    def count(self, kind, where="1"):
        connection = read_only(self.path)
        try:
            return connection.execute(f"SELECT count(*) FROM event_named WHERE kind = ? AND {where}", (kind,)).fetchone()[0]
        finally:
            connection.close()

    def wait_for(self, kind, count=1, where="1"):
        deadline = time.monotonic() + PATIENCE_S
        while self.count(kind, where) < count:
            if time.monotonic() > deadline:
                self.test.fail(f"{self.name}: no {count} of {kind} within {PATIENCE_S} s, but {self.count(kind, where)}")
            time.sleep(0.05)

    def memory_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])


def read_reply(connection):
    """One reply of an SMTP receiver."""
    octets = b""
    while not re.search(rb"(?m)^\d\d\d[ \r]", octets) or not octets.endswith(b"\r\n"):
        more = connection.recv(65536)
        if not more:
            return octets
        octets += more
    return octets


class Hosts(Laboratory):
    def setUp(self):
        super().setUp()
        self.offices = self.scenario("offices.yaml", OFFICES)

    def verified(self, host):
        said = self.call("verify", host.path).stdout
        self.assertIn("Mail was conserved", said)

    def test_delivers_what_smtplib_sends(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0,submission=0")
        self.assertEqual(set(host.ports), {"smtp", "submission"})
        before = time.time()
        for service in host.ports:
            with host.smtp(service) as client:
                refused = client.sendmail("stranger@elsewhere.example", ["ann@one.example"], letter(service))
                self.assertEqual(refused, {})
        host.wait_for("copy.delivered", 2)
        self.assertEqual(host.end(), "")
        self.verified(host)
        summary = self.inspect(host.path)
        self.assertEqual((summary["complete"], summary["only_host"], summary["delivered"]), (True, "mx1", 2))
        boxes = self.exported(host.path)
        self.assertEqual(len(boxes["ann@one.example"]), 2)
        text = boxes["ann@one.example"][0].decode()
        self.assertIn("Subject: smtp\r\n\r\nhello\r\n", text)
        received = re.search(r"Received: from .*?\[127\.0\.0\.1\].*?;\s*([^\r]+)\r\n", text, re.DOTALL)
        self.assertIsNotNone(received, text)
        stamp = email.utils.parsedate_to_datetime(received[1]).timestamp()
        self.assertLess(abs(stamp - before), 15, "the time of day is the real one")

    def test_relays_for_no_stranger_and_for_whom_it_is_told_to(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0")
        with host.smtp() as client:
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                client.sendmail("stranger@elsewhere.example", ["bob@two.example"], letter("relay?"))
            self.assertEqual(refused.exception.recipients["bob@two.example"][0], 550)
        host.end()
        content = {**OFFICES, "hosts": {**OFFICES["hosts"], "mx1": {**OFFICES["hosts"]["mx1"],
                                                                     "relay": {"clients": ["mx2"]}}}}
        trusting = Host(self, self.scenario("trusting.yaml", content), "mx1", "--port", "smtp=0", "--as", "mx2")
        with trusting.smtp() as client:
            client.sendmail("stranger@elsewhere.example", ["bob@two.example"], letter("relay!"))
        trusting.wait_for("connection.unreachable")  # nobody said where mx2 is
        trusting.end()
        self.verified(trusting)

    def test_hands_on_to_another_one_and_tries_again_until_it_is_there(self):
        port = free_port()
        content = {**OFFICES, "traffic": [{"from": "ann@one.example", "to": "bob@two.example", "at": "0s", "subject": "by hand"}]}
        scenario = self.scenario("pair.yaml", content)
        first = Host(self, scenario, "mx1", "--port", "smtp=0", "--to", f"mx2:smtp={port}")
        first.wait_for("copy.deferred")
        self.assertGreater(first.count("connection.refused"), 0)
        second = Host(self, scenario, "mx2", "--port", f"smtp={port}")
        second.wait_for("copy.delivered")
        first.wait_for("copy.relayed")
        for host in (first, second):
            host.end(signal.SIGTERM)
            self.verified(host)
        boxes = self.exported(second.path)
        self.assertIn(b"Subject: by hand\r\n", boxes["bob@two.example"][0])
        self.assertEqual(self.inspect(first.path)["hosts"][0]["relayed"], 1)

    def test_lets_in_so_many_at_a_time(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0", "--connections", "3")
        inside = [host.raw() for _ in range(3)]
        for connection in inside:
            self.assertTrue(read_reply(connection).startswith(b"220 "))
        waiting = host.raw()
        waiting.settimeout(0.5)
        with self.assertRaises(TimeoutError):
            waiting.recv(1)
        waiting.settimeout(PATIENCE_S)
        inside[0].close()
        self.assertTrue(read_reply(waiting).startswith(b"220 "))
        host.end()
        self.verified(host)

    def test_survives_garbage_and_resets_and_answers_others_meanwhile(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0")
        silent = [host.raw() for _ in range(20)]  # a client may have 50, and those below may be seen to end late
        for _ in range(20):
            garbage = host.raw()
            garbage.sendall(os.urandom(5000))
            garbage.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            garbage.close()  # RST
        # Cut off in the middle of a text: nothing of it stays.
        cut = host.raw()
        read_reply(cut)
        for line in (b"EHLO c.example", b"MAIL FROM:<>", b"RCPT TO:<ann@one.example>", b"DATA"):
            cut.sendall(line + b"\r\n")
            self.assertIn(read_reply(cut)[:1], b"23")
        cut.sendall(b"Subject: half\r\n")
        cut.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        cut.close()
        with host.smtp() as client:
            client.sendmail("stranger@elsewhere.example", ["ann@one.example"], letter("whole"))
        host.wait_for("copy.delivered")
        host.wait_for("connection.reset", 1)
        self.assertEqual(len(silent), 20)
        host.end()
        self.verified(host)
        self.assertEqual(self.inspect(host.path)["delivered"], 1)

    def test_answers_who_has_finished_sending(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0")
        connection = host.raw()
        read_reply(connection)
        connection.sendall(b"HELO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<ann@one.example>\r\nDATA\r\nSubject: piped\r\n\r\nx\r\n.\r\nQUIT\r\n")
        connection.shutdown(socket.SHUT_WR)
        said = b""
        while more := connection.recv(65536):
            said += more
        self.assertRegex(said, rb"(?s)250 .*250 .*250 .*354 .*250 .*221 ")
        host.wait_for("copy.delivered")
        host.end()
        self.verified(host)

    def test_takes_a_line_of_50_megabytes_in_bounded_memory(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0")
        before = host.memory_kib()
        connection = host.raw()
        read_reply(connection)
        piece = b"x" * 1_000_000
        try:
            for _ in range(50):
                connection.sendall(piece)
            connection.sendall(b"\r\n")
            self.assertTrue(read_reply(connection).startswith(b"5"))
        except OSError:
            pass  # it may have hung up
        # And as the text of a message: more than it takes.
        other = host.raw()
        read_reply(other)
        for line in (b"EHLO c.example", b"MAIL FROM:<>", b"RCPT TO:<ann@one.example>", b"DATA"):
            other.sendall(line + b"\r\n")
            read_reply(other)
        for _ in range(50):
            other.sendall(piece)
        other.sendall(b"\r\n.\r\n")
        self.assertTrue(read_reply(other).startswith(b"5"))
        if not has_sanitizers():
            self.assertLess(host.memory_kib() - before, 60 * 1024)
        host.end()
        self.verified(host)
        self.assertEqual(self.inspect(host.path)["accepted"], 0)

    def test_serves_others_while_a_thousand_are_silent(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 3000:
            self.skipTest("the system allows too few open files")
        resource.setrlimit(resource.RLIMIT_NOFILE, (3000, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        content = {**OFFICES, "smtp": {"clients": {"connections": 0}, "connection-limit": 2000}}
        host = Host(self, self.scenario("many.yaml", content), "mx1", "--port", "smtp=0", "--connections", "1500",
                    "--record", "mail")
        before = host.memory_kib()
        silent = [host.raw() for _ in range(1000)]
        began = time.monotonic()
        with host.smtp() as client:
            client.sendmail("stranger@elsewhere.example", ["ann@one.example"], letter("meanwhile"))
        self.assertLess(time.monotonic() - began, PATIENCE_S / 2)
        for connection in silent:
            self.assertTrue(read_reply(connection).startswith(b"220 "))
        if not has_sanitizers():
            self.assertLess(host.memory_kib() - before, 1000 * 40, "KiB, for a thousand sessions")
        host.end()
        self.verified(host)
        self.assertEqual(self.inspect(host.path)["delivered"], 1)

    def test_asks_nothing_more_of_who_takes_no_answers(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0", "--record", "mail")
        before = host.memory_kib()
        connection = host.raw()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(1)
        sent, most = 0, 60_000_000
        questions = b"EHLO c.example\r\n" * 4000  # each answer has ten lines
        with self.assertRaises((TimeoutError, ConnectionError)):
            while sent < most:
                sent += connection.send(questions)
        self.assertLess(sent, most)
        if not has_sanitizers():
            self.assertLess(host.memory_kib() - before, 20 * 1024)
        with host.smtp() as client:
            client.sendmail("stranger@elsewhere.example", ["ann@one.example"], letter("meanwhile"))
        host.end()
        self.verified(host)

    def test_cuts_off_who_is_silent(self):
        host = Host(self, self.offices, "mx1", "--port", "smtp=0", "--idle", "300ms")
        connection = host.raw()
        read_reply(connection)
        with self.assertRaises(ConnectionResetError):
            connection.recv(1)
        host.wait_for("connection.timed_out")
        host.end()

    def test_answers_dig_over_udp_and_tcp(self):
        if not shutil.which("dig"):
            self.skipTest("dig is not installed (bind9-dnsutils)")
        host = Host(self, self.offices, "mx1", "--port", "dns=0")
        for over in ("+notcp", "+tcp"):
            said = subprocess.run(["dig", f"@{HERE}", "-p", str(host.ports["dns"]), over, "+time=5", "+tries=1", "one.example", "MX"],
                                  capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout
            self.assertRegex(said, r"one\.example\.\s+\d+\s+IN\s+MX\s+10 mx1\.one\.example\.", over)
            self.assertIn("status: NOERROR", said)
            self.assertIn("flags: qr aa", said)
        host.wait_for("response.sent", 2)
        host.end()

    def test_asks_name_servers_over_the_wire(self):
        content = {**OFFICES, "dns": {"root": "mx2"},
                   "traffic": [{"from": "ann@one.example", "to": "bob@two.example", "at": "1s"}]}
        scenario = self.scenario("names.yaml", content)
        second = Host(self, scenario, "mx2", "--port", "smtp=0,dns=0")
        first = Host(self, scenario, "mx1", "--to", f"mx2:smtp={second.ports['smtp']},mx2:dns={second.ports['dns']}")
        self.assertIn("names are asked of the scenario's name servers", first.said[-1])
        second.wait_for("copy.delivered")
        first.wait_for("copy.relayed")
        self.assertGreater(first.count("query.sent"), 0)
        self.assertGreater(second.count("query.received"), 0)
        for host in (first, second):
            host.end()
            self.verified(host)

    def test_ends_by_itself_and_says_what_came(self):
        done = self.call("host", self.offices, "mx1", "--port", "smtp=0", "--for", "300ms")
        self.assertRegex(done.stdout, r"smtp of mx1 listens on 127\.0\.0\.1:\d+\n")
        self.assertIn("of mx1 alone, in real time", done.stdout)
        self.assertTrue(self.inspect(self.folder / "offices-mx1.mailroom")["complete"])


class Mistakes(Laboratory):
    def setUp(self):
        super().setUp()
        self.offices = self.scenario("offices.yaml", OFFICES)

    def refused(self, *options, saying):
        said = self.call("host", self.offices, *options, expect=2).stderr
        self.assertRegex(said, saying)
        self.assertEqual(list(self.folder.glob("*.mailroom*")), [], "nothing was run")

    def test_are_told_with_what_to_do(self):
        self.refused("mx3", saying="no host 'mx3'.*did you mean 'mx1'")
        self.refused("mx1", "--port", "pop=2510", saying="no service and port; write smtp=2525")
        self.refused("mx1", "--port", "smtp", saying="no service and port")
        self.refused("mx1", "--port", "smtp=99999", saying="no port; a port is a number up to 65535")
        self.refused("mx1", "--port", "smtp=0,smtp=0", saying="given two ports")
        self.refused("mx2", "--port", "submission=0", saying="no port for submission; give it one in the scenario")
        self.refused("mx1", "--to", "mx2", saying="says no host; write HOST:smtp=2526")
        self.refused("mx1", "--to", "mx9:smtp=2526", saying="no host 'mx9'")
        self.refused("mx1", "--to", "mx1:smtp=2526", saying="mx1 is this host itself")
        self.refused("mx1", "--to", "mx2:smtp=0", saying="0 is none")
        self.refused("mx1", "--as", "nobody", saying="--as: there is no host 'nobody' in the scenario; its nodes are mx1, mx2")
        self.refused("mx1", "--for", "soon", saying="--for: ")
        self.refused("mx1", "--connections", "0", saying="at least 1")
        self.refused("mx1", "--record", "packets", saying="needs simulated packets")

    def test_a_taken_port_is_said(self):
        with socket.socket() as taken:
            taken.bind((HERE, 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.refused("mx1", "--port", f"smtp={port}", saying=f"port {port} of 127.0.0.1 is taken.*or 0 for a free one")

    def test_a_privileged_port_is_said(self):
        if int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 25:
            self.skipTest("every port may be opened here")
        drop = None
        if os.geteuid() == 0:
            def drop():
                os.setgid(65534)
                os.setuid(65534)
            self.folder.chmod(0o777)
            try:
                subprocess.run([MAILROOM, "--version"], preexec_fn=drop, stdout=subprocess.DEVNULL, check=True)
            except OSError:
                self.skipTest("the program cannot be run by others than root here")
        said = self.call("host", self.offices, "mx1", "--port", "smtp=25", expect=2, preexec=drop).stderr
        self.assertIn("below 1024, which only root may open; take 2525", said)
        self.assertEqual(list(self.folder.glob("*.mailroom*")), [], "nothing was run")


if __name__ == "__main__":
    laboratory.main()
