// SPDX-License-Identifier: GPL-2.0-only
#include "tests/bench/bench_scenarios.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <functional>
#include <string_view>

namespace mailroom::bench {

namespace {

// Calls row(statement) for each row of the answer.
void query(const std::filesystem::path& file, const char* sql,
           const std::function<void(sqlite3_stmt*)>& row) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) {
    fmt::print(stderr, "bench: {}: {}\n", file.string(), sqlite3_errmsg(database));
    std::exit(2);
  }
  while (sqlite3_step(statement) == SQLITE_ROW) row(statement);
  sqlite3_finalize(statement);
  sqlite3_close_v2(database);
}

std::string_view text(sqlite3_stmt* statement, int column) {
  return {reinterpret_cast<const char*>(sqlite3_column_text(statement, column)),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

}  // namespace

std::string path_scenario(std::size_t hops, std::size_t octets, std::size_t messages, Names names) {
  std::string path = "a";
  for (std::size_t i = 1; i < hops; ++i) path += fmt::format(" -- r{}", i);
  return fmt::format(R"(mailroom: 1
name: path
topology:
  defaults: {{rate: 100Mbps, delay: 1ms, queue: 100}}
  links: [{} -- b]
smtp: {{pipelining: false, messages-per-connection: 1}}
{}hosts:
  a: {{domains: a.example, users: [alice]}}
  b: {{domains: b.example, users: [bob]}}
traffic:
  - {{from: alice@a.example, to: bob@b.example, poisson: 50ms, count: {}, size: {}}}
)",
                     path, names == Names::asked_each_time ? "dns: {ttl: 0s}\n" : "", messages, octets);
}

std::string tree_scenario(std::size_t hosts, std::size_t fan, std::size_t messages) {
  std::string links;
  std::size_t routers = 0;
  std::vector<std::string> level;
  for (std::size_t i = 0; i < hosts; ++i) level.push_back(fmt::format("h{}", i));
  while (level.size() > 1) {
    std::vector<std::string> above;
    for (std::size_t i = 0; i < level.size(); ++i) {
      if (i % fan == 0) above.push_back(fmt::format("r{}", routers++));
      links += fmt::format("    - {} -- {}\n", level[i], above.back());
    }
    level = std::move(above);
  }
  return fmt::format(R"(mailroom: 1
name: tree
topology:
  defaults: {{rate: 100Mbps, delay: 1ms, queue: 100}}
  links:
{}hosts:
  "h*": {{domains: "h{{1}}.example", users: [user]}}
traffic:
  - {{from: any(*@*), to: any(*@*), poisson: 2ms, count: {}, size: 2000}}
)",
                     links, messages);
}

std::string queue_scenario(std::size_t messages, std::size_t octets) {
  return fmt::format(R"(mailroom: 1
name: queue
duration: 50m
topology:
  links: [a -- b]
  defaults: {{loss: 100%}}
hosts:
  a: {{domains: a.example, users: [alice], submit-to: b, disk: 100GB, retry: {{intervals: [1h]}}}}
  b: {{domains: b.example, users: [bob]}}
traffic:
  - {{from: alice@a.example, to: bob@b.example, every: 1ms, count: {}, size: {}}}
)",
                     messages, octets);
}

Script script_of(const std::filesystem::path& run_file) {
  Script script;
  query(run_file,
        "SELECT kind.name, event.text, event.size FROM event JOIN kind ON kind.id = event.kind "
        "WHERE kind.name IN ('command.sent', 'reply.sent', 'content.sent', 'query.sent', 'response.sent') "
        "ORDER BY event.id",
        [&script](sqlite3_stmt* row) {
          const std::string_view kind = text(row, 0);
          if (kind == "command.sent") {
            script.client.push_back(std::ssize(text(row, 1)) + 2);
          } else if (kind == "query.sent") {
            script.questions.push_back(sqlite3_column_int64(row, 2));
          } else if (kind == "response.sent") {
            script.answers.push_back(sqlite3_column_int64(row, 2));
          } else if (kind == "content.sent") {
            script.client.push_back(sqlite3_column_int64(row, 2) + 3);  // and the lone dot
          } else {
            std::int64_t octets = 0;  // of each line: the code, a separator, the text, CR LF
            std::string_view lines = text(row, 1);
            for (std::size_t end = 0; end != std::string_view::npos; lines.remove_prefix(end + 1)) {
              end = lines.find('\n');
              octets += 6 + std::ssize(lines.substr(0, end));
              if (end == std::string_view::npos) break;
            }
            script.server.push_back(octets);
          }
        });
  return script;
}

Frames frames_of(const std::filesystem::path& run_file) {
  Frames frames;
  query(run_file,
        "SELECT count(*), sum(event.size) FROM event JOIN kind ON kind.id = event.kind WHERE kind.name = "
        "'frame.sent'",
        [&frames](sqlite3_stmt* row) {
          frames = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)};
        });
  return frames;
}

}  // namespace mailroom::bench
