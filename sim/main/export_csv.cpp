// SPDX-License-Identifier: GPL-2.0-only
// `export csv`: tables as RFC 4180 has them. Names instead of numbers for hosts, links and recipients; times
// in ns.
#include <fmt/format.h>

#include <functional>

#include "sim/main/cli.hpp"
#include "sim/main/cli_file.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/export.hpp"
#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {
namespace {

using trace::StoredEvent;

class CsvFile {
 public:
  explicit CsvFile(OutputFile& file) : file_(file) {}

  CsvFile& field(std::string_view text) {
    if (!is_first_) line_ += ',';
    is_first_ = false;
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      line_ += text;
      return *this;
    }
    line_ += '"';
    for (const char c : text) {
      if (c == '"') line_ += '"';
      line_ += c;
    }
    line_ += '"';
    return *this;
  }
  CsvFile& number(std::int64_t value) { return field(std::to_string(value)); }
  // Of an identifier 0 means none: an empty field. Of a time, -1.
  template <class Noun>
  CsvFile& id(trace::Id<Noun> value) {
    return value ? number(value.value) : field("");
  }
  CsvFile& time(std::int64_t time_ns) { return time_ns >= 0 ? number(time_ns) : field(""); }
  CsvFile& optional(const std::optional<std::int64_t>& value) { return value ? number(*value) : field(""); }

  void end_row() {
    line_ += "\r\n";
    file_.write(line_);
    line_.clear();
    is_first_ = true;
    ++rows_;
  }
  void headings(std::string_view names) {
    file_.write(names);
    file_.write("\r\n");
  }
  std::int64_t rows() const { return rows_; }

 private:
  OutputFile& file_;
  std::string line_;
  bool is_first_ = true;
  std::int64_t rows_ = 0;
};

std::string host_or_nothing(Run& run, trace::HostId id) {
  return id ? run.host(id) : std::string();
}
std::string link_or_nothing(Run& run, trace::LinkId id) {
  return id ? run.link(id) : std::string();
}
std::string recipient_or_nothing(Run& run, trace::RecipientId id) {
  return id ? must(run.reader().recipient(id)).value_or(std::string()) : std::string();
}

void write_events(Run& run, CsvFile& csv) {
  csv.headings(
      "event,time_ns,kind,host,link,connection,session,message,copy,parent,recipient,attempt,fault,content,"
      "code,size,"
      "value,text,detail,cause,because");
  const auto recipients = must(run.reader().recipients());
  must(run.reader().for_each({}, [&](const StoredEvent& e) {
    const auto recipient = static_cast<std::size_t>(e.recipient.value);
    csv.id(e.id).number(e.time_ns).field(info(e.kind).name);
    csv.field(host_or_nothing(run, e.host)).field(link_or_nothing(run, e.link));
    csv.id(e.connection).id(e.session).id(e.message).id(e.copy).id(e.parent);
    csv.field(recipient >= 1 && recipient <= recipients.size() ? recipients[recipient - 1] : std::string());
    csv.id(e.attempt).id(e.fault).id(e.content);
    csv.field(e.code != 0 ? std::to_string(e.code) : std::string()).optional(e.size).optional(e.value);
    csv.field(e.text).field(e.detail).id(e.cause).id(e.because);
    csv.end_row();
    return true;
  }));
}

void write_flights(Run& run, CsvFile& csv) {
  csv.headings("message,connection,link,from,to,first_bit_out_ns,last_bit_in_ns,octets,frames_lost");
  must(run.reader().for_each_flight([&](const trace::Flight& f) {
    csv.id(f.message).id(f.connection);
    csv.field(link_or_nothing(run, f.link))
        .field(host_or_nothing(run, f.from))
        .field(host_or_nothing(run, f.to));
    csv.number(f.first_bit_out_ns).time(f.last_bit_in_ns).number(f.bytes).number(f.drops);
    csv.end_row();
    return true;
  }));
}

void write_copies(Run& run, CsvFile& csv) {
  csv.headings(
      "copy,parent,message,host,recipient,created_ns,end,ended_ns,code,reply,deferrals,next_try_ns,mailbox,"
      "uid,"
      "notification");
  const trace::World& world = run.world();
  world.copies.for_each([&](trace::CopyId id, const trace::Copy& copy) {
    if (!copy.created) return;
    csv.id(id).id(copy.parent).id(copy.message).field(host_or_nothing(run, copy.host));
    csv.field(recipient_or_nothing(run, copy.recipient)).number(copy.created_ns);
    csv.field(copy.open() ? std::string_view() : name(copy.end)).time(copy.ended_ns);
    csv.field(copy.last_code != 0 ? std::to_string(copy.last_code) : std::string()).field(copy.last_reply);
    csv.number(copy.deferrals).time(copy.open() ? copy.next_try_ns : -1).field(copy.mailbox);
    csv.field(copy.end == trace::CopyEnd::delivered ? std::to_string(copy.uid) : std::string())
        .id(copy.bounce);
    csv.end_row();
  });
}

// From the copy that was delivered up to the one that its first host made.
struct Way {
  std::int64_t hops = 0;       // from host to host
  std::int64_t deferrals = 0;  // on all of them
  trace::HostId origin;
};
Way way_of(const trace::World& world, const trace::Copy& delivered) {
  Way way{.deferrals = delivered.deferrals, .origin = delivered.host};
  const trace::Copy* copy = &delivered;
  for (int limit = 0; copy->parent && limit < 1000; ++limit) {
    const trace::Copy* parent = world.copies.find(copy->parent);
    if (parent == nullptr || !parent->created) break;
    way.hops += parent->host != copy->host ? 1 : 0;
    way.deferrals += parent->deferrals;
    way.origin = parent->host;
    copy = parent;
  }
  return way;
}

void write_deliveries(Run& run, CsvFile& csv) {
  csv.headings(
      "copy,message,message_id,origin,host,mailbox,uid,composed_ns,delivered_ns,delay_ns,hops,deferrals,"
      "octets");
  const trace::World& world = run.world();
  world.copies.for_each([&](trace::CopyId id, const trace::Copy& copy) {
    if (copy.end != trace::CopyEnd::delivered) return;
    const trace::Message* message = world.messages.find(copy.message);
    const std::int64_t composed_ns = message != nullptr ? message->composed_ns : -1;
    const Way way = way_of(world, copy);
    csv.id(id).id(copy.message).field(message != nullptr ? message->message_id : std::string());
    csv.field(host_or_nothing(run, way.origin)).field(host_or_nothing(run, copy.host)).field(copy.mailbox);
    csv.number(copy.uid).time(composed_ns).time(copy.ended_ns);
    csv.time(composed_ns >= 0 ? copy.ended_ns - composed_ns : -1).number(way.hops).number(way.deferrals);
    csv.field(message != nullptr && message->size_bytes > 0 ? std::to_string(message->size_bytes)
                                                            : std::string());
    csv.end_row();
  });
}

struct CsvTable {
  std::string_view name;
  void (*write)(Run&, CsvFile&);
  trace::Level level;  // that it needs
};
constexpr CsvTable kTables[] = {
    {"event", write_events, trace::Level::summary},
    {"flight", write_flights, trace::Level::mail},
    {"copies", write_copies, trace::Level::summary},
    {"deliveries", write_deliveries, trace::Level::summary},
};

}  // namespace

int export_csv(Run& run, const ExportOptions& options, Terminal& terminal) {
  for (const CsvTable& table : kTables) {
    if (table.name != options.table) continue;
    if (!run.records(table.level))
      return complain(
          terminal, kUsage,
          fmt::format("table '{}' is not in this file: {}", table.name, record_again(run, table.level)));
    OutputFile file(options.out);
    CsvFile csv(file);
    table.write(run, csv);
    return finish_export(file, options, counted(csv.rows(), "row"), terminal);
  }
  return complain(terminal, kUsage,
                  fmt::format("there is no table '{}'; write event, flight, copies or deliveries",
                              printable(options.table)));
}

}  // namespace mailroom::cli
