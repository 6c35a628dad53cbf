// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_draft.hpp"

#include <algorithm>

namespace mailroom::swarm {

namespace {

void write(const Draft& node, std::size_t indent, std::string& out) {
  const std::string blanks(indent, ' ');
  for (const Draft& child : node.children) {
    std::string line = blanks + (node.kind == Draft::Kind::list ? "-" : child.key + ":");
    if (child.kind == Draft::Kind::scalar) {
      out += line + " " + child.value + "\n";
    } else if (child.children.empty()) {
      out += line + (child.kind == Draft::Kind::map ? " {}\n" : " []\n");
    } else {
      out += line + "\n";
      write(child, indent + 2, out);
    }
  }
}

// The part with this number, counted from `next` on; removed, if `parent` is to lose it.
const Draft* find(const Draft& node, std::size_t& left) {
  for (const Draft& child : node.children) {
    if (left-- == 0) return &child;
    if (const Draft* const found = find(child, left)) return found;
  }
  return nullptr;
}

bool remove(Draft& node, std::size_t& left) {
  for (auto child = node.children.begin(); child != node.children.end(); ++child) {
    if (left-- == 0) {
      node.children.erase(child);
      return true;
    }
    if (remove(*child, left)) return true;
  }
  return false;
}

}  // namespace

Draft& Draft::at(std::string_view name, Kind of) {
  const auto found = std::ranges::find(children, name, &Draft::key);
  if (found != children.end()) return *found;
  return children.emplace_back(Draft{of, std::string(name), {}, {}});
}

void Draft::set(std::string_view name, std::string text) {
  at(name, Kind::scalar).value = std::move(text);
}

Draft& Draft::append(Kind of) {
  return children.emplace_back(Draft{of, {}, {}, {}});
}

std::string Draft::yaml() const {
  std::string out;
  write(*this, 0, out);
  return out;
}

std::size_t Draft::parts() const {
  std::size_t count = children.size();
  for (const Draft& child : children) count += child.parts();
  return count;
}

Draft Draft::without(std::size_t part) const {
  Draft less = *this;
  remove(less, part);
  return less;
}

std::size_t Draft::weight(std::size_t part) const {
  const Draft* const found = find(*this, part);
  return found->yaml().size() + found->value.size();
}

}  // namespace mailroom::swarm
