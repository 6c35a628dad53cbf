# SPDX-License-Identifier: GPL-2.0-only
"""What JSON Schema itself says: judge.py SCHEMA DOCUMENTS prints good or bad for each document of a JSON list."""
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
for document in json.load(open(sys.argv[2])):
    print("good" if validator.is_valid(document) else "bad")
