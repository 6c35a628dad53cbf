# SPDX-License-Identifier: GPL-2.0-only
"""SMTP smuggling: no text that one receiver takes for one message becomes two, at us or behind us.

The texts hold what some receiver somewhere took for the end of a text, and after it the commands of a second message (SEC
Consult, 2023, and what was found since). They come in by DATA and by BDAT; out they go by both, to receivers of all kinds.
"""

import re
import smtplib
import socket
import threading

from judges import HERE, PATIENCE_S, Exim, Host, Judged, Sink, free_port, laboratory, wait_until, without_trace
from host_test import read_reply

ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r.\n", b"\n\n.\n\n", b"\r\r.\r\r",
        b"\r\n\n.\r\n", b"\r\n\r.\r\n", b"\r\n.\r\r\n", b"\r\n.\n\r\n", b"\n\r.\n\r", b"\r\n\x00.\r\n", b"\r\n.\x00\r\n",
        b"\r\n.\r\x00\n", b"\r\x00\n.\r\n", b"\x00\n.\n", b"\r\n. \r\n", b"\r\n .\r\n", b"\r\n\x0b.\r\n", b"\x85.\x85"]
BOB = "bob@far.example"


def text_with(end, recipient, at):
    """A text without its lone dot: what follows `end` is meant for who takes that for one."""
    return (b"Subject: outer %d\r\nMessage-ID: <%d@near.example>\r\nFrom: <ann@near.example>\r\nDate: Thu, 1 Jan 2026 10:00:00 +0000\r\n"
            b"\r\nfirst" % (at, at) + end + b"MAIL FROM:<evil@near.example>\r\nRCPT TO:<" + recipient.encode()
            + b">\r\nDATA\r\nSubject: smuggled\r\n\r\nevil\r\n")


def unstuffed(octets):
    return b"\r\n".join(line.removeprefix(b".") for line in octets.split(b"\r\n"))


def blanked(octets):
    """What may be sent of a text: CR and LF together, and no NUL."""
    return re.sub(rb"\r(?!\n)|(?<!\r)\n|\x00", b" ", octets)


def say(connection, octets):
    connection.sendall(octets)
    return read_reply(connection)


STRICT = re.compile(rb"\r\n\.\r\n\Z")
GULLIBLE = re.compile(rb"[\r\n]\x00?\.\x00?[\r\n]\Z")


class Recorder:
    """A receiver that writes down every octet of the texts that it is sent, up to what it takes for their end."""

    def __init__(self, test, end=STRICT):
        self.end = end
        self.listener = socket.create_server((HERE, 0))
        self.port = self.listener.getsockname()[1]
        test.addCleanup(self.listener.close)
        self.texts, self.commands = [], []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection, connection.makefile("rwb") as stream:
            def answer(line):
                stream.write(line + b"\r\n")
                stream.flush()
            answer(b"220 real.example")
            while line := stream.readline():
                self.commands.append(line)
                if line.upper().startswith(b"DATA"):
                    answer(b"354 go on")
                    octets = b""
                    while not self.end.search(octets[-6:]):
                        octet = stream.read(1)
                        if not octet:
                            return
                        octets += octet
                    if octets.endswith(b"\r") and stream.peek(1)[:1] == b"\n":
                        octets += stream.read(1)
                    self.texts.append(octets)
                verb = line[:4].upper()
                answer({b"QUIT": b"221 bye", b"EHLO": b"250-real.example\r\n250 8BITMIME"}.get(verb, b"250 ok"))


class Smuggling(Judged):
    def start(self, smtp=None, to=None):
        content = {"topology": {"links": [{"between": ["far", "real"], "rate": "10Mbps", "delay": "10ms"}]},
                   "hosts": {"far": {"domains": "far.example", "users": ["bob"], "relay": {"clients": ["127.0.0.1"]}, "smtp": smtp or {}},
                             "real": {"domains": ["real.example", "exim.example"]}}}
        more = ["--to", f"real:smtp={to}"] if to else []
        return Host(self, self.scenario(f"net{free_port()}.yaml", content), "far", "--port", "smtp=0", *more, out=f"far{free_port()}.mailroom")

    def send_all(self, ours, recipient, by, reply):
        """Every text by DATA or BDAT; each gets one reply, and nothing behind it is taken for a command."""
        for at, end in enumerate(ENDS):
            connection = ours.raw()
            read_reply(connection)
            self.assertTrue(say(connection, b"EHLO near.example\r\n").startswith(b"250"))
            say(connection, b"MAIL FROM:<ann@near.example> BODY=8BITMIME\r\n")
            self.assertTrue(say(connection, b"RCPT TO:<" + recipient.encode() + b">\r\n").startswith(b"250"))
            text = text_with(end, recipient, at)
            if by == "DATA":
                self.assertTrue(say(connection, b"DATA\r\n").startswith(b"354"))
                said = say(connection, text + b".\r\n")
            else:
                # In two chunks, cut where it hurts.
                cut = text.index(b"first") + 5 + len(end) // 2
                said = say(connection, b"BDAT %d\r\n" % cut + text[:cut])
                if said.startswith(b"250"):
                    said = say(connection, b"BDAT %d LAST\r\n" % (len(text) - cut) + text[cut:])
            self.assertTrue(said.startswith(reply(end)), (end, said))
            self.assertEqual(said.count(b"\r\n"), 1, said)
            self.assertRegex(say(connection, b"QUIT\r\n"), rb"\A221 [^\r\n]*\r\n\Z")
            connection.close()

    def ended(self, ours):
        ours.end()
        self.assert_clean(ours)

    def test_what_comes_in_is_one_message(self):
        for by in ("DATA", "BDAT"):
            ours = self.start()
            self.send_all(ours, BOB, by, lambda end: b"250")
            ours.wait_for("copy.delivered", len(ENDS))
            self.assertGreater(ours.count("policy.decided", "text LIKE 'bare-line-ends: % is sent on as a blank'"), len(ENDS) // 2)
            self.ended(ours)
            boxes = self.exported(ours.path, by)
            expected = [text_with(end, BOB, at) for at, end in enumerate(ENDS)]
            if by == "DATA":
                expected = list(map(unstuffed, expected))
            self.assertEqual([without_trace(octets) for octets in boxes[BOB]], expected)

    def test_or_it_is_refused(self):
        for by in ("DATA", "BDAT"):
            ours = self.start({"bare-line-ends": "refuse"})
            bad = [end for end in ENDS if re.search(rb"\r(?!\n)|(?<!\r)\n", b"first" + end + b"MAIL")]
            self.assertGreater(len(bad), len(ENDS) // 2)
            self.send_all(ours, BOB, by, lambda end, bad=bad: b"550 5.6.0" if end in bad else b"250")
            ours.wait_for("copy.delivered", len(ENDS) - len(bad))
            self.ended(ours)
            self.assertEqual(self.inspect(ours.path)["accepted"], len(ENDS) - len(bad))

    def test_what_goes_out_is_one_message_for_every_reader(self):
        for by in ("DATA", "BDAT"):
            recorder = Recorder(self)
            ours = self.start(to=recorder.port)
            self.send_all(ours, "x@real.example", by, lambda end: b"250")
            ours.wait_for("copy.relayed", len(ENDS))
            self.ended(ours)
            self.assertEqual(sum(line.startswith(b"MAIL FROM:<ann@") for line in recorder.commands), len(ENDS))
            self.assertFalse([line for line in recorder.commands if b"evil" in line])
            self.assertEqual(len(recorder.texts), len(ENDS))
            for octets in recorder.texts:
                self.assertNotRegex(octets, rb"\r(?!\n)|(?<!\r)\n|\x00", "no line end that is none, and no NUL")
                self.assertEqual([found.end() for found in re.finditer(rb"[\r\n]\.[\r\n]+", octets)], [len(octets)], "one end")

    def test_smtp_sink_takes_one_message_each(self):
        sink = Sink(self)
        ours = self.start(to=sink.port)
        self.send_all(ours, "x@real.example", "DATA", lambda end: b"250")
        ours.wait_for("copy.relayed", len(ENDS))
        self.ended(ours)
        self.assert_one_each([octets for _, octets in sink.messages()], "x@real.example", unstuffed)
        self.assertFalse([fields for fields, _ in sink.messages() if b"evil" in fields])

    def test_exim_behind_us_takes_one_message_each(self):
        for chunks in (False, True):
            exim = Exim(self)
            ours = self.start({"send-chunks": chunks}, to=exim.port)
            self.send_all(ours, "x@exim.example", "BDAT", lambda end: b"250")
            ours.wait_for("copy.relayed", len(ENDS))
            wait_until(self, "Exim delivers", lambda its=exim: its.log().count("Completed") == len(ENDS))
            self.ended(ours)
            self.assertNotIn("evil", exim.log())
            self.assert_one_each(exim.box(), "x@exim.example", lambda octets: octets)

    def assert_one_each(self, arrived, recipient, received):
        texts = [blanked(received(text_with(end, recipient, at))).replace(b"\r\n", b"\n") for at, end in enumerate(ENDS)]
        self.assertEqual(sorted(without_trace(octets) for octets in arrived), sorted(texts))

    def test_a_careless_relay_shows_how_it_is_done(self):
        for policy, taken_in in (("keep", True), ("blank", False)):
            gullible = Recorder(self, GULLIBLE)
            ours = self.start({"bare-line-ends": policy}, to=gullible.port)
            self.send_all(ours, "x@real.example", "DATA", lambda end: b"250")
            if taken_in:
                wait_until(self, "it is taken in", lambda its=gullible: any(b"evil" in line for line in its.commands))
            else:
                ours.wait_for("copy.relayed", len(ENDS))
            self.ended(ours)
            self.assertEqual(any(b"evil" in line for line in gullible.commands), taken_in)

    def test_what_exim_in_front_of_us_takes_for_one_message_is_one(self):
        ours = self.start()
        exim = Exim(self, onward=ours.ports["smtp"])
        taken = 0
        for at, end in enumerate(ENDS):
            with smtplib.SMTP(HERE, exim.port, timeout=PATIENCE_S) as client:
                client.ehlo("near.example")
                client.mail("ann@near.example", ["BODY=8BITMIME"])
                client.rcpt(BOB)
                self.assertEqual(client.docmd("DATA")[0], 354)
                client.send(text_with(end, BOB, at) + b".\r\n")
                taken += client.getreply()[0] == 250
        self.assertGreater(taken, 0)
        wait_until(self, "Exim hands on", lambda: exim.log().count("Completed") == exim.log().count(" <= "))
        ours.wait_for("copy.delivered", taken)
        self.ended(ours)
        self.assertEqual(self.inspect(ours.path)["delivered"], exim.log().count(" <= "), exim.log())


if __name__ == "__main__":
    laboratory.main()
