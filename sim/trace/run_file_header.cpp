// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/run_file_header.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <vector>
#include <string>
#include <string_view>

namespace mailroom::trace {

namespace {

using Problem = FileError::Problem;

bool step_and_reset(sqlite3_stmt* statement) {
  const bool done = sqlite3_step(statement) == SQLITE_DONE;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return done;
}

bool write_meta(sqlite3* database, const RunHeader& header) {
  const auto row = sqlite::prepare(database, "INSERT INTO meta VALUES (?, ?)");
  if (!row) return false;
  const std::string seed = std::to_string(header.seed);
  const std::string epoch = std::to_string(header.epoch_unix_s);
  const std::string only_host = std::to_string(header.only_host.value);
  std::vector<std::pair<std::string_view, std::string_view>> entries = {
      {"scenario_name", header.scenario_name},
      {"scenario", header.scenario_text},
      {"overrides", header.overrides},
      {"seed", seed},
      {"level", name(header.level)},
      {"program_version", header.program_version},
      {"network_version", header.network_version},
      {"epoch_unix_s", epoch}};
  if (header.only_host) entries.emplace_back("only_host", only_host);
  for (const auto& [key, value] : entries) {
    sqlite::bind(row.get(), 1, key);
    sqlite::bind(row.get(), 2, value);
    if (!step_and_reset(row.get())) return false;
  }
  return true;
}

bool write_kinds(sqlite3* database) {
  const auto row = sqlite::prepare(database, "INSERT INTO kind VALUES (?, ?, ?, ?)");
  if (!row) return false;
  for (int i = 0; i < kKindCount; ++i) {
    sqlite::bind(row.get(), 1, i + 1);
    sqlite::bind(row.get(), 2, kKinds[i].name);
    sqlite::bind(row.get(), 3, name(kKinds[i].level));
    sqlite::bind(row.get(), 4, kKinds[i].meaning);
    if (!step_and_reset(row.get())) return false;
  }
  return true;
}

bool write_hosts(sqlite3* database, const RunHeader& header) {
  const auto row = sqlite::prepare(database, "INSERT INTO host VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!row) return false;
  std::int64_t id = 0;
  for (const HostRow& host : header.hosts) {
    sqlite::bind(row.get(), 1, ++id);
    sqlite::bind(row.get(), 2, host.name);
    sqlite::bind_text_or_null(row.get(), 3, host.label);
    sqlite::bind(row.get(), 4, name(host.role));
    sqlite::bind_text_or_null(row.get(), 5, host.hostname);
    sqlite::bind_text_or_null(row.get(), 6, host.address);
    sqlite::bind(row.get(), 7, host.x);
    sqlite::bind(row.get(), 8, host.y);
    sqlite::bind(row.get(), 9, host.latitude);
    sqlite::bind(row.get(), 10, host.longitude);
    if (host.disk_bytes != 0) sqlite::bind(row.get(), 11, host.disk_bytes);
    sqlite::bind_text_or_null(row.get(), 12, host.detail);
    if (!step_and_reset(row.get())) return false;
  }
  return true;
}

bool write_links(sqlite3* database, const RunHeader& header) {
  const auto row = sqlite::prepare(database, "INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!row) return false;
  std::int64_t id = 0;
  for (const LinkRow& link : header.links) {
    sqlite::bind(row.get(), 1, ++id);
    sqlite::bind(row.get(), 2, link.name);
    sqlite::bind_text_or_null(row.get(), 3, link.label);
    sqlite::bind(row.get(), 4, link.from.value);
    sqlite::bind(row.get(), 5, link.to.value);
    sqlite::bind(row.get(), 6, link.rate_bps);
    sqlite::bind(row.get(), 7, link.delay_ns);
    sqlite::bind(row.get(), 8, link.queue_packets);
    sqlite::bind(row.get(), 9, link.loss_per_billion);
    if (!step_and_reset(row.get())) return false;
  }
  return true;
}

// Calls visit(statement) for each row. False: an error.
template <class Visit>
bool each_row(sqlite3* database, std::string_view sql, Visit visit) {
  const auto statement = sqlite::prepare(database, sql);
  if (!statement) return false;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) visit(statement.get());
  return code == SQLITE_DONE;
}

template <class Number>
Number number(const std::string& text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

HostRow::Role role_named(std::string_view text) {
  for (const auto role : {HostRow::Role::router, HostRow::Role::lan}) {
    if (name(role) == text) return role;
  }
  return HostRow::Role::host;
}

HostRow host_of(sqlite3_stmt* row) {
  return {.name = sqlite::text(row, 0),
          .label = sqlite::text(row, 1),
          .role = role_named(sqlite::text(row, 2)),
          .hostname = sqlite::text(row, 3),
          .address = sqlite::text(row, 4),
          .x = sqlite::optional_real(row, 5),
          .y = sqlite::optional_real(row, 6),
          .latitude = sqlite::optional_real(row, 7),
          .longitude = sqlite::optional_real(row, 8),
          .disk_bytes = sqlite::integer(row, 9),
          .detail = sqlite::text(row, 10)};
}

LinkRow link_of(sqlite3_stmt* row) {
  return {.name = sqlite::text(row, 0),
          .label = sqlite::text(row, 1),
          .from = {sqlite::integer(row, 2)},
          .to = {sqlite::integer(row, 3)},
          .rate_bps = sqlite::integer(row, 4),
          .delay_ns = sqlite::integer(row, 5),
          .queue_packets = sqlite::integer(row, 6),
          .loss_per_billion = sqlite::integer(row, 7)};
}

}  // namespace

bool write_header(sqlite3* database, const RunHeader& header) {
  return write_meta(database, header) && write_kinds(database) && write_hosts(database, header) &&
         write_links(database, header);
}

std::expected<LoadedHeader, FileError> read_header(sqlite3* database, const std::filesystem::path& path) {
  LoadedHeader loaded;
  RunHeader& header = loaded.header;
  std::map<std::string, std::string> meta;
  std::vector<std::string> kinds;
  const bool read = each_row(database, "SELECT key, value FROM meta",
                             [&](sqlite3_stmt* row) { meta[sqlite::text(row, 0)] = sqlite::text(row, 1); }) &&
                    each_row(database, "SELECT name FROM kind ORDER BY id",
                             [&](sqlite3_stmt* row) { kinds.push_back(sqlite::text(row, 0)); }) &&
                    each_row(database,
                             "SELECT name, label, role, hostname, address, x, y, latitude, longitude, "
                             "disk_bytes, detail FROM host "
                             "ORDER BY id",
                             [&](sqlite3_stmt* row) { header.hosts.push_back(host_of(row)); }) &&
                    each_row(database,
                             "SELECT name, label, from_host, to_host, rate_bps, delay_ns, queue_packets, "
                             "loss_per_billion FROM link "
                             "ORDER BY id",
                             [&](sqlite3_stmt* row) { header.links.push_back(link_of(row)); });
  if (!read) return std::unexpected(sqlite::last_error(database, path, "read"));

  header.scenario_name = meta["scenario_name"];
  header.scenario_text = meta["scenario"];
  header.seed = number<std::uint64_t>(meta["seed"]);
  header.program_version = meta["program_version"];
  header.network_version = meta["network_version"];
  header.overrides = meta["overrides"];
  header.epoch_unix_s = number<std::int64_t>(meta["epoch_unix_s"]);
  header.only_host = {number<std::int64_t>(meta["only_host"])};
  const auto level = level_named(meta["level"]);
  if (!level) {
    return std::unexpected(
        FileError{Problem::damaged, fmt::format("cannot read {}: it does not say at which level it "
                                                "was recorded",
                                                path.string())});
  }
  header.level = *level;
  for (const std::string& kind_name : kinds) {
    const auto kind = kind_named(kind_name);
    if (!kind) {
      return std::unexpected(FileError{
          Problem::newer, fmt::format("cannot read {}: a newer version of Mailroom made it (it has events of "
                                      "kind {})",
                                      path.string(), kind_name)});
    }
    loaded.kinds.push_back(*kind);
  }
  return loaded;
}

}  // namespace mailroom::trace
