// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/message.hpp"

#include <fmt/format.h>

namespace mailroom::dns {

std::string text(const Question& question) {
  return fmt::format("{} {} {}", question.name.absolute_text(), name(question.cls), name(question.type));
}

}  // namespace mailroom::dns
