// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/host_settings.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"

namespace mailroom::viz {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostJoined = 8;

std::string text_of(const Json& value) {
  return value.is_string() ? story::printable_beginning(value.get_ref<const std::string&>()) : std::string();
}

// A text, or the texts of a list: "a, b and 3 more".
std::string joined(const Json& value) {
  if (!value.is_array()) return text_of(value);
  std::string all;
  for (std::size_t i = 0; i < value.size() && i < kMostJoined; ++i)
    if (const std::string text = text_of(value[i]); !text.empty()) all += (all.empty() ? "" : ", ") + text;
  if (value.size() > kMostJoined)
    all += fmt::format(" and {} more", story::grouped(static_cast<std::int64_t>(value.size() - kMostJoined)));
  return all;
}

std::string member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? std::string() : joined(*found);
}

std::int64_t number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

class Settings {
 public:
  Settings(const Json& detail, std::size_t most) : detail_(detail), most_(most) {}

  std::vector<HostSetting> all() {
    add("takes mail for", member(detail_, "domains"));
    if (const std::int64_t port = number(detail_, "receiver_port"); port != 0)
      add("SMTP receiver", fmt::format("listens at port {}", port));
    add("hands all mail to", member(detail_, "submit_to"));
    add("name server of", member(detail_, "zones"));
    if (const auto forward = detail_.find("forward"); forward != detail_.end() && forward->is_object())
      for (const auto& [domain, to] : forward->items())
        add("mail for " + story::printable_beginning(domain), "goes to " + text_of(to));
    users();
    each("aliases", [&](const Json& one, const std::string& name) {
      add("alias " + name, "stands for " + member(one, "targets"));
    });
    each("lists", [&](const Json& one, const std::string& name) {
      add("list " + name, fmt::format("{}; {} hears of failures", story::counted(number(one, "members"), "member"),
                                      member(one, "owner")));
    });
    if (const std::string rest = member(detail_, "catch_all"); !rest.empty()) add("any other user", "goes to " + rest);
    return std::move(all_);
  }

 private:
  void add(std::string name, std::string value) {
    if (!value.empty()) all_.push_back({std::move(name), std::move(value)});
  }

  template <class Visit>
  void each(const char* key, Visit visit) {
    const auto found = detail_.find(key);
    if (found == detail_.end() || !found->is_array()) return;
    std::size_t told = 0;
    for (const Json& one : *found) {
      if (!one.is_object() || !one.contains("name") || !one["name"].is_string()) continue;
      if (++told > most_) {
        add("…", fmt::format("{} in all", story::grouped(static_cast<std::int64_t>(found->size()))));
        return;
      }
      visit(one, text_of(one["name"]));
    }
  }

  // Those with nothing special share a line.
  void users() {
    Json plain = Json::array();
    each("users", [&](const Json& one, const std::string& name) {
      const std::string forward = member(one, "forward");
      const std::string moved = member(one, "moved_to");
      if (!forward.empty())
        add("user " + name, fmt::format("mail goes on to {}{}", forward, one.contains("keep") ? ", and into the mailbox" : ""));
      else if (!moved.empty())
        add("user " + name, "has moved to " + moved);
      else
        plain.push_back(one["name"]);
    });
    add("users", joined(plain));
  }

  const Json& detail_;
  std::size_t most_;
  std::vector<HostSetting> all_;
};

}  // namespace

std::vector<HostSetting> settings_of(const trace::HostRow& row, std::size_t most) {
  const Json detail = Json::parse(row.detail, nullptr, false);
  if (!detail.is_object()) return {};
  return Settings(detail, most).all();
}

}  // namespace mailroom::viz
