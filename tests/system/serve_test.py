# SPDX-License-Identifier: GPL-2.0-only
"""Real programs take part in a simulated network through ports of 127.0.0.1, well and badly; and it is replayed."""

import contextlib
import re
import signal
import smtplib
import socket
import struct
import subprocess
import threading
import time

import laboratory
from laboratory import MAILROOM, Laboratory, read_only

PATIENCE_S = 60
COMMON = ["event", "flight", "frame", "content", "recipient"]
MESSAGE = b"Subject: from outside\r\n\r\nA real program wrote this.\r\n"
DELAY_S = 0.3


def network(**changes):
    """A client's host, a receiver behind a link of 300 ms, and one that a real server can stand for."""
    return {
        "topology": {"links": [{"between": ["near", "far"], "rate": "100Mbps", "delay": "300ms"},
                               {"between": ["far", "real"], "rate": "100Mbps", "delay": "10ms"}]},
        "hosts": {"near": {"domains": "near.example", "users": ["ann"]},
                  "far": {"domains": "far.example", "users": ["bob"],
                          "smtp": {"clients": {"connections": 5000}, "connection-limit": 5000}},
                  "real": {"domains": "real.example", "receiver": False}},
        "traffic": [{"from": "ann@near.example", "to": "bob@far.example", "at": "10h"}], **changes}


class Server:
    """A real SMTP server for one thing after the other, that takes everything."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lines = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, connection.makefile("rwb") as stream:
                    self.talk(stream)

    def talk(self, stream):
        def say(text):
            stream.write(text + b"\r\n")
            stream.flush()
        say(b"220 real.example really")
        is_text = False
        for line in stream:
            self.lines.append(line)
            verb = line[:4].upper()
            if is_text:
                if line == b".\r\n":
                    is_text = False
                    say(b"250 taken by a real server")
            elif verb == b"DATA":
                is_text = True
                say(b"354 go on")
            elif verb == b"QUIT":
                return say(b"221 bye")
            else:
                say(b"250 ok")

    def close(self):
        self.listener.close()


class Serving(Laboratory):
    def serve(self, *options, content=None, doors=("far:smtp",)):
        scenario = self.scenario("net.yaml", content or network())
        opened = [word for door in doors for word in ("--open", door)]
        self.process = subprocess.Popen([MAILROOM, "serve", str(scenario), *opened, *map(str, options)], cwd=self.folder,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.kill)
        ports = []
        while len(ports) < len(doors):
            line = self.process.stdout.readline()
            self.assertNotEqual(line, "", "it ended")
            if found := re.search(r" is open at 127\.0\.0\.1:(\d+)", line):
                ports.append(int(found[1]))
        return ports[0] if len(ports) == 1 else ports

    def kill(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def stop(self, expect=0):
        """Ends it as Ctrl-C does; what it printed."""
        self.process.send_signal(signal.SIGINT)
        out, self.said = self.process.communicate(timeout=PATIENCE_S)
        self.assertEqual(self.process.returncode, expect, self.said)
        return out

    @property
    def run_path(self):
        return self.folder / "net-serve.mailroom"

    def connect(self, port):
        connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        return connection

    def lines_of(self, connection):
        stream = connection.makefile("rb")
        self.addCleanup(stream.close)
        return stream

    def deliver(self, port):
        with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_S) as client:
            client.sendmail("ann@near.example", ["bob@far.example"], MESSAGE)

    def controls(self):
        connection = read_only(self.run_path)
        try:
            return [row[0].decode() for row in connection.execute(
                "SELECT text FROM event_named WHERE kind = 'control.received' ORDER BY id")]
        finally:
            connection.close()

    def assert_replays(self, *options):
        again = self.run_file(self.folder / "net.yaml", "--replay", self.run_path, *options, out="again.mailroom")
        self.assert_same_tables(self.run_path, again, COMMON)


class Clients(Serving):
    def test_the_delay_of_the_links_is_a_real_clients_delay(self):
        port = self.serve("--record", "packets")
        began = time.monotonic()
        client = smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_S)
        self.assertGreater(time.monotonic() - began, 2 * 2 * DELAY_S - 0.05, "handshake and greeting: two round trips")
        began = time.monotonic()
        self.assertEqual(client.noop()[0], 250)
        self.assertGreater(time.monotonic() - began, 2 * DELAY_S - 0.05, "a command: one")
        client.sendmail("ann@near.example", ["bob@far.example"], MESSAGE)
        client.quit()
        time.sleep(3 * DELAY_S)
        out = self.stop()
        self.assertRegex(out, r"1 connections in .* of simulated time at 1x; late .*, worst ")
        self.assertEqual([text.partition(b"\r\n\r\n")[2] for text in self.exported(self.run_path)["bob@far.example"]],
                         [MESSAGE.partition(b"\r\n\r\n")[2]])
        self.assert_conserved(self.run_path)
        self.call("verify", self.run_path)
        self.assertEqual(self.controls()[0], "connect 1 from near to far:25")
        self.assertIn("finish 1", self.controls())
        self.assert_replays("--record", "packets")

    def test_faster_than_life(self):
        port = self.serve("--pace", "20x")
        began = time.monotonic()
        self.deliver(port)
        self.assertGreater(time.monotonic() - began, 6 * 2 * DELAY_S / 20, "six turns at least")
        self.stop()
        self.assertEqual(self.inspect(self.run_path)["delivered"], 1)
        self.assert_replays()

    def test_half_closed_connections_hear_to_the_end(self):
        port = self.serve("--pace", "10x")
        connection = self.connect(port)
        connection.sendall(b"HELO me\r\nNOOP\r\nNOOP\r\n")
        connection.shutdown(socket.SHUT_WR)
        heard = b""
        while octets := connection.recv(4096):
            heard += octets
        self.assertEqual(heard.count(b"\r\n250"), 3, heard)
        self.assertNotIn(b"421", heard, "it was closed because we had finished, not because time passed")
        self.stop()
        self.assert_replays()

    def test_resets_cross_both_ways(self):
        port, closed = self.serve("--pace", "10x", doors=("far:smtp", "far:2526"))
        connection = self.connect(port)
        self.assertEqual(connection.recv(3), b"220")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        refused = self.connect(closed)
        with self.assertRaises(ConnectionResetError):
            refused.recv(1)
        time.sleep(0.5)
        self.stop()
        self.assertIn('reset 1 "reset from outside"', self.controls())
        events = [row[0] for row in read_only(self.run_path).execute("SELECT kind FROM event_named")]
        self.assertIn(b"connection.reset", events)
        self.assertIn(b"connection.refused", events)
        self.assert_replays()

    def test_name_servers_answer_real_resolvers(self):
        port = self.serve("--pace", "10x", doors=("far:dns",))
        question = struct.pack(">HHHHHH", 4711, 0, 1, 0, 0, 0) + b"\x03far\x07example\0" + struct.pack(">HH", 15, 1)
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(asking.close)
        asking.settimeout(PATIENCE_S)
        began = time.monotonic()
        asking.sendto(question, ("127.0.0.1", port))
        answer = asking.recv(65536)
        self.assertGreater(time.monotonic() - began, 2 * DELAY_S / 10)
        self.assertEqual(answer[:2], question[:2])
        self.assertEqual(struct.unpack(">H", answer[6:8])[0], 1, "one record")
        connection = self.connect(port)
        connection.sendall(struct.pack(">H", len(question)) + question)
        over_tcp = connection.recv(65536)
        self.assertEqual(over_tcp[2:], answer, "the same over TCP")
        self.stop()
        self.assertTrue(self.controls()[0].startswith('datagram 1 from near to far:53 "\\x12g'))
        self.assert_replays()

    def test_real_servers_receive_through_the_network(self):
        server = Server()
        self.addCleanup(server.close)
        self.serve("--connect", f"real:25={server.port}", "--for", "20s", "--pace", "10x",
                   content=network(traffic=[{"from": "ann@near.example", "to": "x@real.example", "at": "100ms"}]), doors=())
        out, self.said = self.process.communicate(timeout=PATIENCE_S)
        self.assertEqual(self.process.returncode, 0, self.said)
        self.assertIn(b"MAIL FROM:<ann@near.example>", server.lines[1])
        self.assertEqual(server.lines[-1], b"QUIT\r\n")
        verified = self.call("verify", self.run_path).stdout
        self.assertRegex(verified, r"left +1 +of the relayed: a real server outside has it")
        connection = read_only(self.run_path)
        self.addCleanup(connection.close)
        began, relayed = [connection.execute("SELECT time_s FROM event_named WHERE kind = ?", (kind,)).fetchone()[0]
                          for kind in ("attempt.began", "copy.relayed")]
        self.assertGreater(relayed - began, 7 * 2 * (DELAY_S + 0.01), "seven turns over both links")
        self.assert_replays()

    def test_a_server_that_is_not_there_refuses(self):
        probe = socket.create_server(("127.0.0.1", 0))
        nobody = probe.getsockname()[1]
        probe.close()
        self.serve("--connect", f"real:25={nobody}", "--for", "3s", content=network(
            traffic=[{"from": "ann@near.example", "to": "x@real.example", "at": "100ms"}]), doors=())
        self.process.communicate(timeout=PATIENCE_S)
        self.assertIn(f'reset 1.1 "no one listens at 127.0.0.1:{nobody}"', self.controls())
        self.assertEqual(self.inspect(self.run_path)["queued"], 1)

    def test_lines_on_standard_input(self):
        port = self.serve("--pace", "10x")
        for line in ("pause", "step", "jump", "resume", "pace 20x", "connect 1 from real to far:25", "type 9 \"x\""):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        said = ""
        while "there is no connection 9" not in said:
            line = self.process.stderr.readline()
            self.assertNotEqual(line, "", said)
            said += line
        self.deliver(port)
        self.process.stdin.write("quit\n")
        self.process.communicate(timeout=PATIENCE_S)
        self.assertEqual(self.process.returncode, 0)
        for expression in ("paused at 0:00", "there is no step", "'jump' is not understood", "running at .*, pace 20x"):
            self.assertRegex(said, expression)
        self.assertEqual(self.controls()[:2], ["connect 1 from real to far:25", "connect 2 from near to far:25"])
        self.assert_replays()

    def test_what_there_is_not(self):
        scenario = self.scenario("net.yaml", network())
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        port = taken.getsockname()[1]
        for options, said in (((), "what is to be open"),
                              (("--open", "fax:25"), "there is no host 'fax'; did you mean 'far'"),
                              (("--open", "far"), "names no port"),
                              (("--open", "far:smtp=x"), "is no port of 127.0.0.1"),
                              (("--open", f"far:smtp={port}"), f"port {port} of 127.0.0.1 is taken"),
                              (("--connect", "real:25"), "at which port of 127.0.0.1"),
                              (("--connect", "far:25=2525"), "port 25 of far is taken; is there a receiver of its own"),
                              (("--open", "far:25", "--pace", "max"), "write 1x or 10x"),
                              (("--open", "far:25", "--for", "never"), "--for: "),
                              (("--open", "far:25", "--from", "x"), "--from: there is no host 'x'"),
                              (("--open", "far:25", "--connections", "0"), "at least 1")):
            done = self.call("serve", scenario, *options, expect=2)
            self.assertIn(said, done.stderr)
        self.assertEqual(list(self.folder.glob("*.mailroom*")), [])


if __name__ == "__main__":
    laboratory.main()
