#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What Python's email package reads, for tests/protocols/message/python_judge_test.cpp to compare.

Prints one case a line, tab between the parts, text in hexadecimal:
  date      INPUT  unix seconds
  addresses INPUT  NAME ADDRESS  NAME ADDRESS ...
  header    PATH   NAME VALUE    NAME VALUE ...        (values unfolded, blanks at the ends trimmed)
Usage: python_email.py [FOLDER of messages] > cases
"""
import email
import email.policy
import email.utils
import pathlib
import random
import sys

rng = random.Random(5322)


def emit(kind, *texts):
    print(kind, *(text if isinstance(text, str) else text.hex() for text in texts), sep="\t")


def date():
    day, month = rng.randint(1, 28), rng.choice("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
    year = rng.choice([str(rng.randint(1970, 2150)), f"{rng.randint(70, 99)}", f"{rng.randint(0, 49):02}"])
    clock = f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}" + rng.choice(["", f":{rng.randint(0, 59):02}"])
    zone = rng.choice(["GMT", "UT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "-0000",
                       f"{rng.choice('+-')}{rng.randint(0, 14):02}{rng.choice(['00', '30', '45'])}"])
    name = rng.choice(["", "", "Mon, ", "Sun,  "])
    text = f"{name}{day} {month} {year} {clock} {zone}"
    return text + rng.choice(["", " (comment)"])


def atom():
    return "".join(rng.choice("abcXYZ019!#$%&'*+-/=?^_`{|}~") for _ in range(rng.randint(1, 6)))


def quoted():
    return '"' + "".join(rng.choice(["a", "B", " ", ".", ",", "@", "<", ">", ":", ";", "(", ")", '\\"', "\\\\"])
                         for _ in range(rng.randint(1, 8))) + '"'


def dotted():
    return ".".join(atom() for _ in range(rng.randint(1, 3)))


def addr_spec():
    domain = rng.choice([dotted(), "[192.0.2.%d]" % rng.randint(0, 255)])
    return rng.choice([dotted(), dotted(), quoted()]) + "@" + domain


def mailbox():
    name = rng.choice([atom(), atom() + " " + atom(), quoted(), atom() + " " + quoted()])
    route = rng.choice(["", "", "", "@r.example:"])
    return rng.choice([addr_spec(), f"{name} <{route}{addr_spec()}>", f"{name}\r\n <{addr_spec()}>"])


def address_list():
    parts = []
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.2:
            parts.append(atom() + ": " + ", ".join(mailbox() for _ in range(rng.randint(0, 3))) + ";")
        else:
            parts.append(mailbox())
    return ", ".join(parts)


def main():
    for _ in range(2000):
        text = date()
        emit("date", text.encode(), str(email.utils.mktime_tz(email.utils.parsedate_tz(text))))
    for _ in range(2000):
        text = address_list()
        # Python's class behind getaddresses(), without that function's later guessing at what was meant.
        # It has a pair of empty texts for an empty group.
        pairs = [pair for pair in email.utils._AddressList(text).addresslist if pair != ("", "")]
        emit("addresses", text.encode(), *(part.encode() for pair in pairs for part in pair))
    for folder in sys.argv[1:]:
        for path in sorted(pathlib.Path(folder).glob("*.txt")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
            fields = []
            for name, value in message.raw_items():
                unfolded = str(value).replace("\r\n", "").replace("\n", "")
                fields += [name.encode("ascii", "surrogateescape"),
                           unfolded.strip(" \t").encode("ascii", "surrogateescape")]
            emit("header", str(path).encode(), *fields)


main()
