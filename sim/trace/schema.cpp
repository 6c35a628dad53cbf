// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/schema.hpp"

#include <fmt/format.h>

#include "sim/trace/run_file.hpp"

namespace mailroom::trace::schema {

namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT
) WITHOUT ROWID;
CREATE TABLE host (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  label TEXT,
  role TEXT NOT NULL,
  hostname TEXT,
  address TEXT,
  x REAL,
  y REAL,
  latitude REAL,
  longitude REAL,
  disk_bytes INTEGER,
  detail TEXT
);
CREATE TABLE link (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  label TEXT,
  from_host INTEGER NOT NULL REFERENCES host (id),
  to_host INTEGER NOT NULL REFERENCES host (id),
  rate_bps INTEGER NOT NULL,
  delay_ns INTEGER NOT NULL,
  queue_packets INTEGER NOT NULL,
  loss_per_billion INTEGER NOT NULL
);
CREATE TABLE kind (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  meaning TEXT NOT NULL
);
CREATE TABLE recipient (
  id INTEGER PRIMARY KEY,
  forward_path TEXT NOT NULL
);
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  octets BLOB NOT NULL
);
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  time_ns INTEGER NOT NULL,
  kind INTEGER NOT NULL REFERENCES kind (id),
  cause INTEGER REFERENCES event (id),
  because INTEGER REFERENCES event (id),
  host INTEGER REFERENCES host (id),
  link INTEGER REFERENCES link (id),
  connection INTEGER,
  session INTEGER,
  message INTEGER,
  copy INTEGER,
  parent INTEGER,
  recipient INTEGER REFERENCES recipient (id),
  attempt INTEGER,
  fault INTEGER,
  content INTEGER REFERENCES content (id),
  code INTEGER,
  size INTEGER,
  value INTEGER,
  text TEXT,
  detail TEXT
);
CREATE TABLE flight (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  connection INTEGER,
  link INTEGER NOT NULL REFERENCES link (id),
  from_host INTEGER REFERENCES host (id),
  to_host INTEGER REFERENCES host (id),
  first_bit_out_ns INTEGER NOT NULL,
  last_bit_in_ns INTEGER,
  bytes INTEGER NOT NULL,
  drops INTEGER NOT NULL
);
CREATE TABLE frame (
  event INTEGER PRIMARY KEY REFERENCES event (id),
  octets BLOB NOT NULL
);
CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  event INTEGER,
  time_ns INTEGER,
  text TEXT NOT NULL
);
)sql";

// The views do the joins that everybody needs.
constexpr const char* kViews = R"sql(
CREATE VIEW event_named AS
  SELECT event.id, event.time_ns / 1e9 AS time_s, kind.name AS kind, event.cause, event.because,
         host.name AS host, link.name AS link, event.connection, event.session, event.message, event.copy,
         event.parent, recipient.forward_path AS recipient, event.attempt, event.fault, event.content, event.code,
         event.size, event.value, event.text, event.detail
  FROM event
  JOIN kind ON kind.id = event.kind
  LEFT JOIN host ON host.id = event.host
  LEFT JOIN link ON link.id = event.link
  LEFT JOIN recipient ON recipient.id = event.recipient;
CREATE VIEW copy AS
  SELECT made.copy AS id, made.parent, made.message, made.host, made.recipient, made.time_ns AS created_ns,
         substr(kind.name, 6) AS "end", ended.time_ns AS ended_ns, ended.code, ended.value, ended.text
  FROM event AS made
  LEFT JOIN event AS ended
    ON ended.copy = made.copy
    AND ended.kind IN (SELECT id FROM kind WHERE name IN
      ('copy.delivered', 'copy.relayed', 'copy.expanded', 'copy.bounced', 'copy.discarded', 'copy.destroyed'))
  LEFT JOIN kind ON kind.id = ended.kind
  WHERE made.kind = (SELECT id FROM kind WHERE name = 'copy.created');
)sql";

}  // namespace

std::string create() {
  return fmt::format("PRAGMA application_id = {};\nPRAGMA user_version = {};\n{}{}", kApplicationId,
                     kFormatVersion, kTables, kViews);
}

const char* const kIndexes = R"sql(
CREATE INDEX event_by_message ON event (message) WHERE message IS NOT NULL;
CREATE INDEX event_by_session ON event (session) WHERE session IS NOT NULL;
CREATE INDEX event_by_copy ON event (copy) WHERE copy IS NOT NULL;
CREATE INDEX flight_by_message ON flight (message);
)sql";

}  // namespace mailroom::trace::schema
