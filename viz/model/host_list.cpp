// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/host_list.hpp"

#include <algorithm>
#include <cctype>

#include "viz/model/host_facts.hpp"

namespace mailroom::viz {
namespace {

using State = HostLine::State;

constexpr std::int64_t kFewCopies = 32;
constexpr double kFullDisk = 0.95;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool contains(std::string_view text, std::string_view part) {
  return part.empty() ||
         std::ranges::search(text, part, [](char a, char b) { return lower(a) == lower(b); }).begin() != text.end();
}

State state_of(const NodeLoad& load, const trace::HostState& host, bool is_faulty) {
  if (load.is_crashed) return State::down;
  if (is_faulty || load.disk_share >= kFullDisk) return State::trouble;
  if (load.deferred > 0) return State::waiting;
  return load.in_hand > 0 || !host.sessions.empty() ? State::busy : State::idle;
}

// Digits in a row as one number, without their leading zeros.
std::string_view number_at(std::string_view text, std::size_t& at) {
  while (at + 1 < text.size() && text[at] == '0' && is_digit(text[at + 1])) ++at;
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(begin, at - begin);
}

}  // namespace

std::string_view sign_of(State state) {
  switch (state) {
    case State::idle: return ".";
    case State::busy: return "*";
    case State::waiting: return "~";
    case State::trouble: return "!";
    case State::down: return "x";
  }
  return "";
}

std::string_view name(State state) {
  switch (state) {
    case State::idle: return "idle";
    case State::busy: return "has mail in hand";
    case State::waiting: return "has mail that was re-queued";
    case State::trouble: return "in trouble";
    case State::down: return "out of operation";
  }
  return "";
}

bool before_by_name(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string_view left = number_at(a, i);
      const std::string_view right = number_at(b, j);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      continue;
    }
    if (lower(a[i]) != lower(b[j])) return lower(a[i]) < lower(b[j]);
    ++i;
    ++j;
  }
  if ((i == a.size()) != (j == b.size())) return i == a.size();
  return a < b;
}

std::vector<HostLine> host_lines(const trace::World& world, const trace::RunHeader& header,
                                 const std::vector<bool>& faulty) {
  std::vector<HostLine> lines;
  lines.reserve(header.hosts.size());
  for (std::size_t i = 0; i < header.hosts.size(); ++i) {
    const trace::HostId id{static_cast<std::int64_t>(i) + 1};
    const trace::HostRow& row = header.hosts[i];
    const trace::HostState& host = world.host(id);
    const NodeLoad load = load_of(world, id, row, world.time_ns, kFewCopies);
    lines.push_back({.state = state_of(load, host, i < faulty.size() && faulty[i]),
                     .host = id,
                     // At a level without queues, what it is responsible for stands for them.
                     .queued = host.queue.empty() ? load.in_hand : std::ssize(host.queue),
                     .mails = load.mails,
                     .is_router = row.role != trace::HostRow::Role::host});
  }
  return lines;
}

std::vector<HostLine> arranged(std::vector<HostLine> lines, const trace::RunHeader& header, HostOrder order,
                               std::string_view typed) {
  const auto name_of = [&](const HostLine& line) -> std::string_view {
    const auto index = static_cast<std::size_t>(line.host.value - 1);
    return index < header.hosts.size() ? std::string_view(header.hosts[index].name) : std::string_view();
  };
  std::erase_if(lines, [&](const HostLine& line) {
    if (!typed.empty()) return !contains(name_of(line), typed);
    return line.is_router && line.state == State::idle;
  });
  std::ranges::stable_sort(lines, [&](const HostLine& a, const HostLine& b) {
    if (order == HostOrder::queue && a.queued != b.queued) return a.queued > b.queued;
    if (order == HostOrder::trouble && a.state != b.state) return a.state > b.state;
    if (order == HostOrder::trouble && a.queued != b.queued) return a.queued > b.queued;
    return before_by_name(name_of(a), name_of(b));
  });
  return lines;
}

}  // namespace mailroom::viz
