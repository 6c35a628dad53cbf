// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/phase.hpp"

#include <cassert>

namespace mailroom::smtp {

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::connection_setup:
      return "connection setup";
    case Phase::mail_transfer:
      return "mail transfer";
    case Phase::closing:
      return "closing";
  }
  assert(false);
  return {};
}

}  // namespace mailroom::smtp
