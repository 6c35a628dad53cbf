// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plot_csv.hpp"

#include <fmt/format.h>

namespace mailroom::viz {

namespace {

constexpr std::string_view kEndOfLine = "\r\n";

std::string column_name(const PlotAxis& axis) {
  return csv_field(axis.unit.empty() ? axis.name : fmt::format("{} ({})", axis.name, axis.unit));
}

// Of an identifier 0 means none: an empty field. Of a time, -1.
template <class Noun>
std::string number(trace::Id<Noun> id) {
  return id ? std::to_string(id.value) : std::string();
}
std::string number(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : std::string();
}
std::string time(std::int64_t time_ns) {
  return time_ns >= 0 ? std::to_string(time_ns) : std::string();
}

class Line {
 public:
  Line& operator<<(std::string_view text) {
    if (has_) line_ += ',';
    has_ = true;
    line_ += csv_field(text);
    return *this;
  }
  std::string end() {
    has_ = false;
    line_ += kEndOfLine;
    return std::exchange(line_, {});
  }

 private:
  std::string line_;
  bool has_ = false;
};

void add(Line& line, const std::optional<DeliveryRow>& delivery) {
  if (!delivery) {
    line << ""
         << ""
         << "";
    return;
  }
  line << name(delivery->fate) << time(delivery->delay_ns) << number(delivery->event);
}

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

std::string csv_of(const Plot& plot) {
  std::string text;
  if (plot.form == Plot::Form::bars) {
    text += column_name(plot.x);
    for (const std::string& part : plot.part_names) {
      const bool has_unit = !plot.y.unit.empty();
      text += ',' + csv_field(has_unit ? fmt::format("{} ({})", part, plot.y.unit) : part);
    }
    text += kEndOfLine;
    for (const PlotBar& bar : plot.bars) {
      text += csv_field(bar.name);
      for (const double part : bar.parts) text += fmt::format(",{}", part);
      text += kEndOfLine;
    }
    return text;
  }
  text = fmt::format("series,{},{},message,event{}", column_name(plot.x), column_name(plot.y), kEndOfLine);
  for (const PlotSeries& series : plot.series) {
    const std::string series_name = csv_field(series.name);
    for (const PlotPoint& point : series.points)
      text += fmt::format("{},{},{},{},{}{}", series_name, point.x, point.y, number(point.message),
                          number(point.event), kEndOfLine);
  }
  return text;
}

std::string csv_of(std::span<const DeliveryRow> deliveries) {
  std::string text =
      "message,message_id,from,recipient,outcome,composed_ns,ended_ns,delay_ns,hops,octets,notification,"
      "event";
  text += kEndOfLine;
  Line line;
  for (const DeliveryRow& delivery : deliveries) {
    line << number(delivery.message) << delivery.message_id << delivery.from << delivery.recipient
         << name(delivery.fate) << time(delivery.composed_ns) << time(delivery.ended_ns)
         << time(delivery.delay_ns)
         << (delivery.fate == MailFate::delivered ? std::to_string(delivery.hops) : "")
         << std::to_string(delivery.size_bytes) << (delivery.is_notification ? "1" : "0")
         << number(delivery.event);
    text += line.end();
  }
  return text;
}

std::string csv_of(const Comparison& comparison) {
  std::string text =
      "message_id,recipient,outcome_a,delay_a_ns,event_a,outcome_b,delay_b_ns,event_b,difference_ns";
  text += kEndOfLine;
  Line line;
  for (const DeliveryPair& pair : comparison.pairs) {
    line << pair.any().message_id << pair.any().recipient;
    add(line, pair.a);
    add(line, pair.b);
    line << number(pair.difference_ns());
    text += line.end();
  }
  return text;
}

std::expected<void, trace::FileError> write_events_csv(
    trace::RunFileReader& reader, const std::function<bool(const trace::StoredEvent&)>& test,
    const std::function<void(std::string_view)>& write) {
  const auto recipients = reader.recipients();
  if (!recipients) return std::unexpected(recipients.error());
  write(
      "event,time_ns,kind,host,link,connection,session,message,copy,parent,recipient,attempt,fault,content,"
      "code,size,"
      "value,text,detail,cause,because\r\n");
  Line line;
  return reader.for_each({}, [&](const trace::StoredEvent& event) {
    if (test && !test(event)) return true;
    const trace::HostRow* host = reader.host(event.host);
    const trace::LinkRow* link = reader.link(event.link);
    const auto recipient = static_cast<std::size_t>(event.recipient.value);
    line << number(event.id) << time(event.time_ns) << info(event.kind).name
         << (host != nullptr ? host->name : std::string()) << (link != nullptr ? link->name : std::string())
         << number(event.connection) << number(event.session) << number(event.message) << number(event.copy)
         << number(event.parent)
         << (recipient >= 1 && recipient <= recipients->size() ? (*recipients)[recipient - 1] : std::string())
         << number(event.attempt) << number(event.fault) << number(event.content)
         << (event.code != 0 ? std::to_string(event.code) : std::string()) << number(event.size)
         << number(event.value) << event.text << event.detail << number(event.cause) << number(event.because);
    write(line.end());
    return true;
  });
}

}  // namespace mailroom::viz
