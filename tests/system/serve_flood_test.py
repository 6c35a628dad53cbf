# SPDX-License-Identifier: GPL-2.0-only
"""Hostile clients of a simulated network that is open at ports of 127.0.0.1.

With MAILROOM_SERVE_FULL set, the flood is the whole one: 1,000 silent and 200 slow clients and a line of a gigabyte.
"""

import contextlib
import os
import re
import resource
import select
import socket
import threading
import time

import laboratory
from laboratory import has_sanitizers
from serve_test import PATIENCE_S, Serving, network

FULL = "MAILROOM_SERVE_FULL" in os.environ


def near_network():
    return network(topology={"links": [{"between": ["near", "far"], "rate": "1Gbps", "delay": "1ms"},
                                       {"between": ["far", "real"], "rate": "1Gbps", "delay": "1ms"}]})


class Floods(Serving):
    """Hostile clients: bounded memory and log, and others are still served."""

    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4000)), hard))

    def memory_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def assert_bounded(self, most_mib):
        if not has_sanitizers():
            self.assertLess(self.memory_mib(), most_mib)

    def test_silent_and_slow_clients_and_an_endless_line(self):
        port = self.serve("--connection-octets", "64MiB" if FULL else "2MiB", content=near_network())
        self.deliver(port)
        silent = [self.connect(port) for _ in range(1000 if FULL else 100)]
        slow = [self.connect(port) for _ in range(200 if FULL else 20)]
        over = threading.Event()

        def trickle():
            while not over.wait(1 if FULL else 0.1):
                for connection in slow:
                    with contextlib.suppress(OSError):
                        connection.send(b"E")
        thread = threading.Thread(target=trickle)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(over.set)
        self.deliver(port)

        endless = self.connect(port)
        sent, block = 0, b"x" * 100_000
        with self.assertRaises((ConnectionResetError, BrokenPipeError)):
            while sent < 1 << 30:
                sent += endless.send(block)
        self.assertLess(sent, (100 if FULL else 12) * 1048576, "it is cut off long before its end")
        self.deliver(port)
        self.assert_bounded(200 if FULL else 100)
        self.assertIn(b"220 ", silent[-1].recv(100), "the silent ones are there")
        over.set()
        self.stop()
        self.assertTrue(any(re.fullmatch(r'reset \d+ "more than [0-9,]+ octets"', line) for line in self.controls()))
        self.assertLess(self.run_path.stat().st_size, (160 if FULL else 12) * 1048576)
        self.assertEqual(self.inspect(self.run_path)["delivered"], 3)

    def test_connections_beyond_the_limit_wait(self):
        port = self.serve("--connections", "3", content=near_network())
        three = [self.connect(port) for _ in range(3)]
        for connection in three:
            self.assertEqual(connection.recv(3), b"220")
        fourth = self.connect(port)
        self.assertEqual(select.select([fourth], [], [], 0.5)[0], [], "nobody greets it")
        three[0].close()
        self.assertEqual(fourth.recv(3), b"220", "until another one leaves")
        self.stop()

    def test_idle_connections_are_reset(self):
        port = self.serve("--idle", "1s", content=near_network())
        connection = self.connect(port)
        self.assertTrue(connection.recv(1000).startswith(b"220"))
        with self.assertRaises(ConnectionResetError):
            connection.recv(1)
        time.sleep(0.2)
        self.stop()
        self.assertIn('reset 1 "silent for too long"', self.controls())

    def test_who_does_not_listen_is_held_and_not_buffered(self):
        port = self.serve("--connection-octets", "64MiB", content=network(
            topology={"links": [{"between": ["near", "far"], "rate": "1Gbps", "delay": "1ms"},
                                {"between": ["far", "real"], "rate": "1Gbps", "delay": "1ms"}]},
            hosts={**network()["hosts"], "far": {"domains": "far.example", "users": ["bob"],
                                                 "smtp": {"errors": {"junk": 0}}}}))
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        connection.settimeout(2)
        block = b"NOOP\r\n" * 10_000
        sent = 0
        with self.assertRaises(TimeoutError):  # replies are not read, so commands are not, in the end
            while sent < 40_000_000:
                sent += connection.send(block)
        self.deliver(port)
        self.assert_bounded(150)
        connection.settimeout(PATIENCE_S)
        heard = 0
        while heard < 700_000:
            octets = connection.recv(65536)
            self.assertNotEqual(octets, b"")
            heard += len(octets)
        self.stop()
        controls = self.controls()
        self.assertIn("hold 1", controls)
        self.assertIn("unhold 1", controls)
        self.assert_replays()

    def test_garbage(self):
        port = self.serve("--pace", "10x", content=near_network())
        for seed in range(20):
            connection = self.connect(port)
            connection.sendall(bytes((seed * 31 + i * i) % 256 for i in range(5000)))
            connection.close()
        self.deliver(port)
        self.stop()
        self.assertNotIn("bug", self.said)
        self.assert_replays()


if __name__ == "__main__":
    laboratory.main()
