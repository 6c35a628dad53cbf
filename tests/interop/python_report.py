#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What Python's email package finds in a delivery status notification: its parts and fields, a line each.

Usage: python_report.py FILE
  type TYPE REPORT-TYPE          of the message
  defects NAMES | none           of the message and all its parts
  part TYPE                      each part, in order
  status GROUP NAME=VALUE        each field of message/delivery-status; group 0 is about the message
  returned SUBJECT               of the message that came back
"""
import email
import email.policy
import pathlib
import sys


def describe(octets):
    """The lines of one message."""
    message = email.message_from_bytes(octets, policy=email.policy.SMTP)
    lines = [f"type {message.get_content_type()} {message.get_param('report-type')}"]
    defects = [type(defect).__name__ for part in message.walk() for defect in part.defects]
    lines.append("defects " + (" ".join(defects) or "none"))
    parts = message.get_payload()
    lines += [f"part {part.get_content_type()}" for part in parts]
    for number, group in enumerate(parts[1].get_payload()):
        lines += [f"status {number} {name}={value}" for name, value in group.items()]
    returned = parts[2].get_payload()
    if isinstance(returned, str):
        returned = [email.message_from_string(returned, policy=email.policy.SMTP)]
    lines.append(f"returned {returned[0]['Subject']}")
    return lines


if __name__ == "__main__":
    print("\n".join(describe(pathlib.Path(sys.argv[1]).read_bytes())))
