#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What Python's smtplib sends in AUTH, for tests/protocols/smtp/python_judge_test.cpp to compare.

Prints one case a line, tab between the parts, each in hexadecimal: user, password, challenge, and the lines that
smtplib.SMTP's own mechanisms make of them: PLAIN, the two of LOGIN, CRAM-MD5 (all before base64), and the base64 of
the last one.
"""
import base64
import random
import smtplib

rng = random.Random(4954)


def word(least, alphabet):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, 90)))


letters = "abcXYZ019+/=@. -_~!%&"
for _ in range(200):
    smtp = smtplib.SMTP()
    smtp.user, smtp.password = word(1, letters).strip() or "x", word(1, letters)
    challenge = f"<{rng.randint(0, 10**9)}.{rng.randint(0, 10**9)}@{word(1, 'abcx.')}>"
    cram = smtp.auth_cram_md5(challenge.encode())
    smtp._auth_challenge_count = 1
    texts = [smtp.user, smtp.password, challenge, smtp.auth_plain(), smtp.auth_login(b"Username:")]
    smtp._auth_challenge_count = 2
    texts += [smtp.auth_login(b"Password:"), cram, base64.b64encode(cram.encode()).decode()]
    print(*(text.encode().hex() for text in texts), sep="\t")
