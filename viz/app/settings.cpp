// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace mailroom::viz {
namespace {

using Json = nlohmann::json;

void remember(std::vector<std::string>& list, const std::string& item) {
  if (item.empty()) return;
  std::erase(list, item);
  list.insert(list.begin(), item);
  if (list.size() > Settings::kMaxRecent) list.resize(Settings::kMaxRecent);
}

// A value of another type counts as none.
template <class T>
void read(const Json& json, const char* key, T& value) {
  const auto at = json.find(key);
  if (at == json.end()) return;
  if constexpr (std::is_same_v<T, float>) {
    if (at->is_number()) value = at->get<float>();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (at->is_boolean()) value = at->get<bool>();
  } else if (at->is_array()) {
    for (const Json& item : *at)
      if (item.is_string() && value.size() < Settings::kMaxRecent) value.push_back(item.get<std::string>());
  }
}

}  // namespace

void Settings::remember_file(const std::string& path) {
  remember(recent, path);
}

void Settings::remember_filter(const std::string& filter) {
  remember(filters, filter);
}

std::filesystem::path Settings::default_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config && *config == '/') return std::filesystem::path(config) / "mailroom" / "view.json";
  const char* home = std::getenv("HOME");
  if (!home || !*home) return {};
  return std::filesystem::path(home) / ".config" / "mailroom" / "view.json";
}

Settings Settings::load(const std::filesystem::path& path) {
  Settings settings;
  std::ifstream file(path);
  const Json json = Json::parse(file, nullptr, false);
  if (!json.is_object()) return settings;
  if (const auto theme = json.find("theme"); theme != json.end() && theme->is_string())
    for (int i = 0; i < kThemeCount; ++i)
      if (name(static_cast<ThemeName>(i)) == theme->get<std::string>()) settings.theme = static_cast<ThemeName>(i);
  read(json, "scale", settings.scale);
  settings.scale = std::clamp(settings.scale, kMinScale, kMaxScale);
  read(json, "recent", settings.recent);
  read(json, "filters", settings.filters);
  for (const auto& [key, value] : {std::pair{"left", &settings.layout.left}, {"right", &settings.layout.right},
                                   {"bottom", &settings.layout.bottom}, {"bottom_left", &settings.layout.bottom_left}}) {
    read(json, key, *value);
    *value = std::clamp(*value, 0.05f, 0.9f);
  }
  settings.is_first_start = false;
  return settings;
}

bool Settings::save(const std::filesystem::path& path) const {
  if (path.empty()) return false;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const Json json = {{"theme", name(theme)}, {"scale", scale}, {"recent", recent}, {"filters", filters},
                     {"left", layout.left}, {"right", layout.right}, {"bottom", layout.bottom},
                     {"bottom_left", layout.bottom_left}};
  const std::filesystem::path fresh = path.string() + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    if (!file.flush()) return false;
  }
  std::filesystem::rename(fresh, path, error);
  return !error;
}

}  // namespace mailroom::viz
