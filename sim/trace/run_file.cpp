// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

std::string_view name(HostRow::Role role) {
  switch (role) {
    case HostRow::Role::host:
      return "host";
    case HostRow::Role::router:
      return "router";
    case HostRow::Role::lan:
      return "lan";
  }
  return "";
}

std::string_view name(FileError::Problem problem) {
  switch (problem) {
    case FileError::Problem::exists:
      return "exists";
    case FileError::Problem::in_use:
      return "in_use";
    case FileError::Problem::not_found:
      return "not_found";
    case FileError::Problem::no_access:
      return "no_access";
    case FileError::Problem::empty:
      return "empty";
    case FileError::Problem::foreign:
      return "foreign";
    case FileError::Problem::newer:
      return "newer";
    case FileError::Problem::damaged:
      return "damaged";
    case FileError::Problem::disk_full:
      return "disk_full";
    case FileError::Problem::io:
      return "io";
  }
  return "";
}

StoredEvent stored(EventId id, std::int64_t time_ns, EventId cause, const Event& event) {
  return {.id = id,
          .time_ns = time_ns,
          .kind = event.kind,
          .cause = cause,
          .because = event.because,
          .host = event.host,
          .link = event.link,
          .connection = event.connection,
          .session = event.session,
          .message = event.message,
          .copy = event.copy,
          .parent = event.parent,
          .recipient = event.recipient,
          .attempt = event.attempt,
          .fault = event.fault,
          .content = event.content,
          .code = event.code,
          .size = event.size,
          .value = event.value,
          .text = std::string(event.text),
          .detail = std::string(event.detail)};
}

}  // namespace mailroom::trace
