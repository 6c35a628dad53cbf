# SPDX-License-Identifier: GPL-2.0-only
"""We deliver to real servers, well and badly, and Exim relays behind us and in front of us; 500 messages at a time."""

import re
import smtplib

import judges
from judges import (DELAY_S, HERE, PATIENCE_S, Exim, Host, Judged, Net, Sink, free_port, laboratory, run, unprivileged, wait_until,
                    without_trace)

BOB, ANN = "bob@far.example", "ann@near.example"
# Where a server fails, by smtp-sink's options; what we make of it.
SOFT = {"soft-connect": ["-r", "connect"], "soft-mail": ["-r", "mail"], "soft-rcpt": ["-r", "rcpt"], "soft-data": ["-r", "data"],
        "soft-dot": ["-r", "."], "quits-connect": ["-q", "connect"], "quits-ehlo": ["-q", "ehlo"], "quits-mail": ["-q", "mail"],
        "quits-rcpt": ["-q", "rcpt"], "quits-data": ["-q", "data"], "quits-dot": ["-q", "."], "says-421": ["-Q", "rcpt"]}
HARD = {"hard-mail": ["-f", "mail"], "hard-rcpt": ["-f", "rcpt"], "hard-data": ["-f", "data"], "hard-dot": ["-f", "."]}
GOOD = {"good": [], "no-ehlo": ["-e"], "hard-ehlo": ["-f", "ehlo"], "no-pipelining": ["-p"], "slow": ["-w", "1"]}
SPECIALITIES = b"\r\n.\r\n..\r\n.leading dot\r\nFrom here\r\nblanks \t \r\n\r\n" + b"x" * 990 + b"\r\nlast\r\n\r\n"


def message(name, more=b""):
    return f"From: <{BOB}>\r\nSubject: {name}\r\nMessage-ID: <{name}@far.example>\r\nDate: Thu, 1 Jan 2026 10:00:00 +0000\r\n".encode() \
        + SPECIALITIES + more


def lf(octets):
    return octets.replace(b"\r\n", b"\n")


def network(real, **far):
    """A client's host, ours, and those that real programs stand for."""
    return {"topology": {"links": [{"between": ["near", "far"], "rate": "100Mbps", "delay": f"{int(DELAY_S * 1000)}ms"},
                                   *({"between": ["far", name], "rate": "100Mbps", "delay": "10ms"} for name in real)]},
            "hosts": {"near": {"domains": "near.example", "users": ["ann"]},
                      "far": {"domains": "far.example", "users": ["bob"], "relay": {"clients": ["127.0.0.1", "near"]},
                              "retry": {"intervals": "1s", "give-up": "1h"}, **far,
                              "smtp": {"clients": {"connections": 0}, "connections-per-destination": 10, **far.get("smtp", {})}},
                      **{name: {"domains": f"{name}.example", "receiver": False} for name in real}}}


class Servers:
    """For both ways to real servers; who inherits it gives start(), and which failures there is time for."""

    def send(self, ours, recipient, octets):
        with smtplib.SMTP(HERE, ours.ports["smtp"], timeout=PATIENCE_S) as client:
            client.ehlo("near.example")
            self.assertEqual(client.sendmail(BOB, [recipient], octets, mail_options=["BODY=8BITMIME"]), {})

    def ended(self, ours):
        ours.end()
        self.assert_clean(ours)

    def test_smtp_sink_that_fails_gets_all_in_the_end_or_it_comes_back(self):
        soft = {name: SOFT[name] for name in self.SOFT}
        cases = {**soft, **HARD, **GOOD}
        sinks = {name: Sink(self, *options) for name, options in cases.items()}
        ours = self.start(network(cases), {name: sink.port for name, sink in sinks.items()})
        for name in cases:
            self.send(ours, f"x@{name}.example", message(name))
        ours.wait_for("copy.bounced", len(HARD))
        ours.wait_for("copy.relayed", len(GOOD))
        wait_until(self, "each of them was tried and failed", lambda: self.waiting(ours) == len(soft))
        self.assertEqual(ours.count("copy.relayed"), len(GOOD), "nobody else has taken any")
        for name in soft:
            sinks[name].end()
        again = {name: Sink(self, port=sinks[name].port) for name in soft}
        ours.wait_for("copy.relayed", len(GOOD) + len(soft))
        self.ended(ours)
        for name in GOOD:
            again[name] = sinks[name]
        for name, sink in again.items():
            taken = sink.messages()
            self.assertEqual([without_trace(text) for _, text in taken], [lf(message(name))], name)
            self.assertIn(f"X-Mail-Args: <{BOB}>".encode(), taken[0][0])
            self.assertIn(f"X-Rcpt-Args: <x@{name}.example>".encode(), taken[0][0])
        returned = b"".join(self.exported(ours.path)[BOB])
        for name in HARD:
            self.assertIn(f"Final-Recipient: rfc822;x@{name}.example".encode(), returned.replace(b"rfc822; ", b"rfc822;"))

    def waiting(self, ours):
        """How many copies were deferred, each counted once."""
        connection = laboratory.read_only(ours.path)
        try:
            return connection.execute("SELECT count(DISTINCT copy) FROM event_named WHERE kind = 'copy.deferred'").fetchone()[0]
        finally:
            connection.close()

    def test_eighth_bits_reach_smtp_sink_and_come_back_where_it_does_not_take_them(self):
        sinks = {"eight": Sink(self), "seven": Sink(self, "-8")}
        ours = self.start(network(sinks), {name: sink.port for name, sink in sinks.items()})
        octets = message("eight", "Grüße\r\n".encode())
        for name in sinks:
            self.send(ours, f"x@{name}.example", octets)
        ours.wait_for("copy.relayed")
        ours.wait_for("copy.bounced")
        self.ended(ours)
        self.assertEqual([without_trace(text) for _, text in sinks["eight"].messages()], [lf(octets)])
        self.assertIn(b"BODY=8BITMIME", sinks["eight"].messages()[0][0])
        self.assertEqual(sinks["seven"].messages(), [])
        self.assertRegex(b"".join(self.exported(ours.path)[BOB]), rb"Status: 5\.6\.3")

    def test_exim_behind_us_takes_data_and_chunks(self):
        for chunks in (False, True):
            exim = Exim(self)
            ours = self.start(network(["exim"], smtp={"send-chunks": chunks}), {"exim": exim.port})
            sent = [message(f"m{at}", "Grüße\r\n".encode() * at) for at in range(3)]
            for octets in sent:
                self.send(ours, "x@exim.example", octets)
            ours.wait_for("copy.relayed", len(sent))
            wait_until(self, "Exim delivers", lambda box=exim: len(box.box()) == len(sent))
            self.ended(ours)
            self.assertEqual(sorted(without_trace(octets) for octets in exim.box()), sorted(map(lf, sent)), exim.log())
            self.assertEqual(exim.log().count(" K "), len(sent) if chunks else 0, "its log marks CHUNKING by K")

    def test_exim_in_front_of_us_sends_data_and_chunks(self):
        for chunks in ("", "*"):
            ours = self.start(network([]), {})
            exim = Exim(self, onward=ours.ports["smtp"], chunking=chunks)
            sent = [message(f"m{at}", "Grüße\r\n".encode() * at) for at in range(3)]
            with smtplib.SMTP(HERE, exim.port, timeout=PATIENCE_S) as client:
                for octets in sent:
                    client.sendmail(ANN, [BOB], octets, mail_options=["BODY=8BITMIME"])
            ours.wait_for("copy.delivered", len(sent))
            wait_until(self, "Exim reads the 250", lambda its=exim: its.log().count("Completed") == len(sent))
            self.ended(ours)
            self.assertEqual(sorted(without_trace(octets) for octets in self.exported(ours.path, f"mail{bool(chunks)}")[BOB]), sorted(sent),
                             exim.log())
            self.assertEqual("K C=" in exim.log(), chunks == "*", exim.log())

    def test_500_messages_in_10_sessions(self):
        source = judges.server(self, "smtp-source")
        sink = Sink(self)
        ours = self.start(network(["real"]), {"real": sink.port}, "--record", "mail", pace=10)
        for recipient, count in ((BOB, 500), ("x@real.example", self.RELAYED)):
            run(self, [source, "-s", "10", "-m", str(count), "-l", "2000", "-f", ANN, "-t", recipient, "-M", "near.example",
                       f"{HERE}:{ours.ports['smtp']}"], cwd="/", **unprivileged())
        ours.wait_for("copy.delivered", 500)
        ours.wait_for("copy.relayed", self.RELAYED)
        self.ended(ours)
        # Each of them has a number: all have come, once each, and the texts are those of a message that went no further.
        direct = Sink(self)
        run(self, [source, "-l", "2000", "-f", ANN, "-t", BOB, f"{HERE}:{direct.port}"], cwd="/", **unprivileged())
        text = without_trace(direct.messages()[0][1]).partition(b"\n\n")[2]
        for where, arrived, count in (("delivered", map(lf, self.exported(ours.path)[BOB]), 500),
                                      ("relayed", (octets for _, octets in sink.messages()), self.RELAYED)):
            heads, texts = zip(*(without_trace(octets).partition(b"\n\n")[::2] for octets in arrived))
            self.assertEqual(len(texts), count, where)
            self.assertEqual(set(texts), {text}, where)
            self.assertEqual(len({re.search(rb"Message-Id: (\S+)", head)[1] for head in heads}), count, where)


class FromOneHost(Servers, Judged):
    SOFT = list(SOFT)
    RELAYED = 500

    def start(self, content, reals, *options, pace=1):
        for name in reals:
            content["hosts"][name].pop("receiver")  # it is the real one
        to = ["--to", ",".join(f"{name}:smtp={port}" for name, port in reals.items())] if reals else []
        return Host(self, self.scenario(f"net{free_port()}.yaml", content), "far", "--port", "smtp=0", *to, *options,
                    out=f"far{free_port()}.mailroom")


class FromASimulatedNetwork(Servers, Judged):
    SOFT = ["soft-rcpt", "soft-dot", "quits-mail", "quits-dot"]
    RELAYED = 100

    def start(self, content, reals, *options, pace=5):
        to = ["--connect", ",".join(f"{name}:25={port}" for name, port in reals.items())] if reals else []
        return Net(self, self.scenario(f"net{free_port()}.yaml", content), "far", ("smtp",), "--from", "near", "--pace", f"{pace}x",
                   *to, *options)


if __name__ == "__main__":
    laboratory.main()
