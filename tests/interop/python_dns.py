#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""dnspython as a judge of protocols/dns.

usage: python_dns.py write COUNT     messages that it writes: hex, a tab, what they say
       python_dns.py read <HEX       what each message says, a line of hex octets each; "error: ..." if it is none
       python_dns.py names COUNT     names in canonical order: text, a tab, hex octets

What a message says is one line that tests/protocols/dns/said.hpp makes of ours too.
"""
import ipaddress
import random
import sys

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

KNOWN = ("A", "AAAA", "NS", "CNAME", "PTR", "MX", "SOA", "TXT")


def rdata_text(rdata):
    if rdata.rdtype == dns.rdatatype.AAAA:  # dnspython would write some with dots at the end
        return str(ipaddress.IPv6Address(rdata.address))
    if dns.rdatatype.to_text(rdata.rdtype) in KNOWN:
        return rdata.to_text()
    octets = rdata.to_wire()
    return f"\\# {len(octets)} {octets.hex()}".rstrip()


def said(message):
    parts = [f"id {message.id}", f"opcode {message.opcode()}", f"rcode {message.rcode()}"]
    parts += [flag.lower() for flag in ("QR", "AA", "TC", "RD", "RA", "AD", "CD")
              if message.flags & getattr(dns.flags, flag)]
    if message.edns >= 0:
        parts.append(f"edns {message.edns} {message.payload} {int(bool(message.ednsflags & dns.flags.DO))}")
        parts += [f"option {int(option.otype)} {option.to_wire().hex()}" for option in message.options]
    for question in message.question:
        parts.append(f"? {question.name} {question.rdclass} {int(question.rdtype)}")
    for mark, section in (("answer", message.answer), ("authority", message.authority), ("more", message.additional)):
        for rrset in section:
            for rdata in rrset:
                parts.append(f"{mark} {rrset.name} {rrset.ttl} {int(rdata.rdtype)} {rdata_text(rdata)}")
    return " | ".join(parts)


def read(octets):
    return said(dns.message.from_wire(octets, one_rr_per_rrset=True))


def a_label(chance):
    if chance.random() < 0.1:
        return bytes(chance.randrange(256) for _ in range(chance.choice((1, 3, 63))))
    return chance.choice((b"mail", b"Mail", b"mx1", b"www", b"example", b"EXAMPLE", b"a", b"*", b"x-y_z"))


def a_name(chance):
    labels = [a_label(chance) for _ in range(chance.randrange(5))]
    while sum(len(label) + 1 for label in labels) > 254:
        labels.pop()
    return dns.name.Name(labels + [b""])


def an_rdata(chance, kind):
    name = a_name(chance).to_text()
    number = chance.randrange(2**32)
    if kind == "A":
        return ".".join(str(number >> shift & 255) for shift in (0, 8, 16, 24))
    if kind == "AAAA":
        groups = [chance.choice(("0", "0", "1", f"{chance.randrange(65536):x}")) for _ in range(8)]
        return ":".join(groups)
    if kind == "MX":
        return f"{number & 65535} {name}"
    if kind == "SOA":
        return f"{name} {a_name(chance).to_text()} {number} 3600 600 {number >> 1} 300"
    if kind == "TXT":
        strings = ["".join(f"\\{chance.randrange(256):03}" for _ in range(chance.choice((0, 1, 20, 255))))
                   for _ in range(chance.randrange(1, 4))]
        return " ".join(f'"{string}"' for string in strings)
    if kind == "TYPE65280":
        return "\\# 4 0a0b0c0d"
    return name


def a_message(chance):
    message = dns.message.make_query(a_name(chance), chance.choice(KNOWN))
    message.id = chance.randrange(65536)
    for flag in ("QR", "AA", "TC", "RD", "RA", "AD", "CD"):
        if chance.random() < 0.4:
            message.flags |= getattr(dns.flags, flag)
    if chance.random() < 0.5:
        options = [dns.edns.GenericOption(65001, b"abc")] if chance.random() < 0.3 else []
        message.use_edns(0, chance.choice((0, 0x8000)), chance.choice((512, 1232, 4096)), options=options)
        message.set_rcode(chance.choice((0, 3, 5, 16)))
    else:
        message.set_rcode(chance.choice((0, 1, 2, 3, 4, 5)))
    for section in (message.answer, message.authority, message.additional):
        for _ in range(chance.randrange(4)):
            kind = chance.choice(KNOWN + ("TYPE65280",))
            texts = [an_rdata(chance, kind) for _ in range(chance.randrange(1, 4))]
            section.append(dns.rrset.from_text(a_name(chance), chance.randrange(2**31), "IN", kind, *texts))
    return message


def main():
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "write" and len(sys.argv) == 3:
        chance = random.Random(1035)
        for _ in range(int(sys.argv[2])):
            wire = a_message(chance).to_wire(max_size=65535)
            print(wire.hex(), read(wire), sep="\t")
    elif verb == "read":
        for line in sys.stdin:
            try:
                print(read(bytes.fromhex(line.strip())))
            except Exception as error:  # whatever the judge does not like is its verdict
                print(f"error: {type(error).__name__} {error}")
    elif verb == "names" and len(sys.argv) == 3:
        chance = random.Random(4034)
        for name in sorted({a_name(chance) for _ in range(int(sys.argv[2]))}):
            print(name.to_text(), name.to_wire().hex(), sep="\t")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
