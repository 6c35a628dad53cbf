// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/matcher_terms.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/smtp/command.hpp"
#include "viz/model/matcher.hpp"
#include "viz/model/text_match.hpp"

namespace mailroom::viz {

using trace::Kind;

bool is_address(std::string_view address, std::string_view value) {
  if (equals_folded(address, value)) return true;
  const std::size_t at = address.rfind('@');
  return at != std::string_view::npos &&
         (equals_folded(address.substr(0, at), value) || equals_folded(address.substr(at + 1), value));
}

std::string_view address_of_rcpt(std::string_view command) {
  if (smtp::verb_of(command) != smtp::Verb::rcpt) return {};
  const std::size_t open = command.find('<');
  const std::size_t close = command.find('>', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  return command.substr(open + 1, close - open - 1);
}

bool is_reply_like(int code, std::string_view text, std::string_view value) {
  if (code <= 0) return false;
  const std::string digits = fmt::to_string(code);
  if (!value.contains('.')) {  // "451", "4xx"
    const auto fits = [](char digit, char wanted) { return wanted == 'x' || wanted == digit; };
    return std::ranges::equal(digits, value, fits);
  }
  if (text.starts_with(digits)) {
    text.remove_prefix(digits.size());
    if (!text.empty()) text.remove_prefix(1);  // blank, or '-'
  }
  if (!text.starts_with(value)) return false;
  return text.size() == value.size() || text[value.size()] < '0' || text[value.size()] > '9';
}

bool is_in_range(const FilterTerm& term, std::int64_t value) {
  return value >= term.least && value <= term.most;
}

namespace {

bool is_any_number(const FilterTerm& term, std::int64_t number) {
  return std::ranges::find(term.numbers, number) != term.numbers.end();
}
bool any_value(const FilterTerm& term, auto fits) {
  return std::ranges::any_of(term.texts, fits);
}
bool is_address_like(std::string_view address, std::string_view value) {
  return is_address(address, value) || (value.contains('*') && fits_pattern(address, value));
}

// The recipient that an event is about, by what it says itself.
trace::RecipientId recipient_of(const trace::StoredEvent& event, const Facts& facts) {
  if (event.recipient) return event.recipient;
  const Facts::Copy* copy = event.copy ? facts.copy(event.copy) : nullptr;
  return copy != nullptr ? copy->recipient : trace::RecipientId{};
}

// One address in an RCPT; the event's own recipient; else those of its message.
bool is_for(const trace::StoredEvent& event, const Facts& facts, const std::vector<bool>& recipients,
            const FilterTerm& term) {
  if (const auto own = recipient_of(event, facts)) return has(recipients, own);
  if (event.kind == Kind::command_received || event.kind == Kind::command_sent) {
    const std::string_view address = address_of_rcpt(event.text);
    if (!address.empty())
      return any_value(term, [&](const std::string& v) { return is_address_like(address, v); });
  }
  const Facts::Message* message = facts.message(event.message);
  return message != nullptr &&
         std::ranges::any_of(message->recipients, [&](trace::RecipientId id) { return has(recipients, id); });
}

bool is_from(const Facts::Message* message, const FilterTerm& term) {
  return message != nullptr &&
         any_value(term, [&](const std::string& v) { return is_address_like(message->from, v); });
}

bool is_message(const FilterTerm& term, trace::MessageId id, const Facts& facts) {
  if (is_any_number(term, id.value)) return true;
  const Facts::Message* message = term.texts.empty() ? nullptr : facts.message(id);
  return message != nullptr && any_value(term, [&](const std::string& v) {
           return v.contains('*') ? fits_pattern(message->message_id, v)
                                  : contains_folded(message->message_id, v);
         });
}

}  // namespace

Matcher::Answer Matcher::is_of_event(const Node& node, const trace::StoredEvent& event) const {
  const auto answer = [](bool yes) { return yes ? Answer::yes : Answer::no; };
  switch (node.term.is) {
    case FilterIs::delivered:
      return answer(event.kind == Kind::copy_delivered);
    case FilterIs::deferred:
      return answer(event.kind == Kind::copy_deferred);
    case FilterIs::bounced:
      return answer(event.kind == Kind::copy_bounced);
    case FilterIs::lost:
      return answer(event.kind == Kind::copy_destroyed || event.kind == Kind::frame_dropped ||
                    event.kind == Kind::datagram_dropped || event.kind == Kind::connection_disturbed);
    case FilterIs::duplicate: {
      const Facts::Copy* copy = facts_.copy(event.copy);
      return answer(event.kind == Kind::copy_delivered && copy != nullptr && copy->is_duplicate);
    }
    case FilterIs::bounce: {
      const Facts::Message* message = facts_.message(event.message);
      return answer(message != nullptr && message->is_notification);
    }
    case FilterIs::fault:
      return answer(event.fault || event.kind == Kind::fault_began || event.kind == Kind::fault_ended ||
                    event.kind == Kind::host_crashed || event.kind == Kind::host_restarted);
  }
  return Answer::unknown;
}

Matcher::Answer Matcher::word_of_event(const Node& node, const trace::StoredEvent& event) const {
  const std::string& word = node.term.texts.front();
  if (node.kinds[static_cast<std::size_t>(event.kind)] || has(node.hosts, event.host) ||
      has(node.links, event.link) || has(node.recipients, recipient_of(event, facts_)) ||
      contains_folded(event.text, word))
    return Answer::yes;
  if (event.code > 0 && fmt::to_string(event.code) == word) return Answer::yes;
  const Facts::Message* message = facts_.message(event.message);
  const bool is_in_message = message != nullptr && (contains_folded(message->message_id, word) ||
                                                    contains_folded(message->from, word));
  return is_in_message ? Answer::yes : Answer::no;
}

Matcher::Answer Matcher::term_of_event(const Node& node, const trace::StoredEvent& event,
                                       const QueueLengths* queues) const {
  const auto answer = [](bool yes) { return yes ? Answer::yes : Answer::no; };
  const FilterTerm& term = node.term;
  switch (term.key) {
    case FilterKey::any:
      return word_of_event(node, event);
    case FilterKey::rcpt:
      return answer(is_for(event, facts_, node.recipients, term));
    case FilterKey::from: {
      const Facts::Message* message = facts_.message(event.message);
      if (is_from(message, term)) return Answer::yes;
      if (const Facts::Connection* connection =
              event.connection ? facts_.connection(event.connection) : nullptr)
        return answer(has(node.hosts, connection->from));
      return answer(message != nullptr && has(node.hosts, message->host));
    }
    case FilterKey::to: {
      if (is_for(event, facts_, node.recipients, term)) return Answer::yes;
      const Facts::Connection* connection = event.connection ? facts_.connection(event.connection) : nullptr;
      return answer(connection != nullptr && has(node.hosts, connection->to));
    }
    case FilterKey::host:
      return answer(has(node.hosts, event.host));
    case FilterKey::link:
      return answer(has(node.links, event.link));
    case FilterKey::message:
      return answer(event.message && is_message(term, event.message, facts_));
    case FilterKey::copy:
      return answer(event.copy && is_any_number(term, event.copy.value));
    case FilterKey::session:
      return answer(event.session && is_any_number(term, event.session.value));
    case FilterKey::connection:
      return answer(event.connection && is_any_number(term, event.connection.value));
    case FilterKey::attempt:
      return answer(event.attempt && is_any_number(term, event.attempt.value));
    case FilterKey::fault:
      return answer(event.fault && is_any_number(term, event.fault.value));
    case FilterKey::event:
      return answer(is_any_number(term, event.id.value));
    case FilterKey::reply:
      return answer(
          any_value(term, [&](const std::string& v) { return is_reply_like(event.code, event.text, v); }));
    case FilterKey::kind:
      return answer(node.kinds[static_cast<std::size_t>(event.kind)]);
    case FilterKey::text:
      return answer(any_value(term, [&](const std::string& v) { return contains_folded(event.text, v); }));
    case FilterKey::time:
      return answer(is_in_range(term, event.time_ns));
    case FilterKey::queue:
      if (queues == nullptr) return Answer::unknown;
      return answer(event.host && is_in_range(term, queues->at(event.host)));
    case FilterKey::size:
      return answer(event.size && is_in_range(term, *event.size));
    case FilterKey::is:
      return is_of_event(node, event);
  }
  return Answer::unknown;
}

Matcher::Answer Matcher::is_of_message(const Node& node, trace::MessageId id,
                                       const trace::World& world) const {
  const auto answer = [](bool yes) { return yes ? Answer::yes : Answer::no; };
  const trace::Message* message = world.messages.find(id);
  const auto any_copy = [&](auto fits) {
    return answer(message != nullptr && std::ranges::any_of(message->copies, [&](trace::CopyId copy) {
                    const trace::Copy* found = world.copies.find(copy);
                    return found != nullptr && fits(copy, *found);
                  }));
  };
  const auto any_ended = [&](trace::CopyEnd end) {
    return any_copy([&](trace::CopyId, const trace::Copy& copy) { return copy.end == end; });
  };
  switch (node.term.is) {
    case FilterIs::delivered:
      return any_ended(trace::CopyEnd::delivered);
    case FilterIs::deferred:
      return any_copy(
          [](trace::CopyId, const trace::Copy& copy) { return copy.open() && copy.deferrals > 0; });
    case FilterIs::bounced:
      return any_ended(trace::CopyEnd::bounced);
    case FilterIs::lost:
      return any_ended(trace::CopyEnd::destroyed);
    case FilterIs::duplicate:
      return any_copy([&](trace::CopyId copy_id, const trace::Copy& copy) {
        const Facts::Copy* copy_facts = facts_.copy(copy_id);
        return copy.end == trace::CopyEnd::delivered && copy_facts != nullptr && copy_facts->is_duplicate;
      });
    case FilterIs::bounce: {
      const Facts::Message* known = facts_.message(id);
      return answer((known != nullptr && known->is_notification) ||
                    (message != nullptr && (message->bounce_of || message->notifies)));
    }
    case FilterIs::fault:
      return Answer::unknown;
  }
  return Answer::unknown;
}

Matcher::Answer Matcher::term_of_message(const Node& node, trace::MessageId id,
                                         const trace::World& world) const {
  const auto answer = [](bool yes) { return yes ? Answer::yes : Answer::no; };
  const FilterTerm& term = node.term;
  const trace::Message* message = world.messages.find(id);
  const Facts::Message* known = facts_.message(id);
  const auto any_copy = [&](auto fits) {
    return message != nullptr && std::ranges::any_of(message->copies, [&](trace::CopyId copy_id) {
             const trace::Copy* copy = world.copies.find(copy_id);
             return copy != nullptr && fits(*copy);
           });
  };
  const auto is_for_any = [&] {
    return known != nullptr && std::ranges::any_of(known->recipients, [&](trace::RecipientId r) {
             return has(node.recipients, r);
           });
  };
  const auto is_at_any = [&] {
    return any_copy([&](const trace::Copy& copy) { return has(node.hosts, copy.host); });
  };
  switch (term.key) {
    case FilterKey::any:
      return answer(is_for_any() || is_at_any() ||
                    (known != nullptr && (contains_folded(known->message_id, term.texts.front()) ||
                                          contains_folded(known->from, term.texts.front()))));
    case FilterKey::rcpt:
      return answer(is_for_any());
    case FilterKey::from:
      return answer(is_from(known, term) || (known != nullptr && has(node.hosts, known->host)));
    case FilterKey::to:
      return answer(is_for_any() || is_at_any());
    case FilterKey::host:
      return answer(is_at_any() || (known != nullptr && has(node.hosts, known->host)));
    case FilterKey::message:
      return answer(is_message(term, id, facts_));
    case FilterKey::copy:
      return answer(message != nullptr && std::ranges::any_of(message->copies, [&](trace::CopyId copy) {
                      return is_any_number(term, copy.value);
                    }));
    case FilterKey::reply:
      return answer(any_copy([&](const trace::Copy& copy) {
        return any_value(
            term, [&](const std::string& v) { return is_reply_like(copy.last_code, copy.last_reply, v); });
      }));
    case FilterKey::text:
      return answer(any_copy([&](const trace::Copy& copy) {
        return any_value(term, [&](const std::string& v) { return contains_folded(copy.last_reply, v); });
      }));
    case FilterKey::time: {
      if (message == nullptr || message->composed_ns < 0) return Answer::unknown;
      std::int64_t end_ns = message->composed_ns;
      any_copy([&](const trace::Copy& copy) {
        end_ns = std::max(end_ns, copy.open() ? world.time_ns : copy.ended_ns);
        return false;
      });
      return answer(message->composed_ns <= term.most && end_ns >= term.least);
    }
    case FilterKey::queue:
      return answer(any_copy([&](const trace::Copy& copy) {
        return copy.open() && is_in_range(term, std::ssize(world.host(copy.host).queue));
      }));
    case FilterKey::size:
      return message == nullptr ? Answer::unknown : answer(is_in_range(term, message->size_bytes));
    case FilterKey::is:
      return is_of_message(node, id, world);
    default:
      return Answer::unknown;
  }
}

Matcher::Answer Matcher::term_of_host(const Node& node, trace::HostId id, const trace::World& world) const {
  const auto answer = [](bool yes) { return yes ? Answer::yes : Answer::no; };
  switch (node.term.key) {
    case FilterKey::host:
      return answer(has(node.hosts, id));
    case FilterKey::any:
    case FilterKey::from:
    case FilterKey::to:
      return has(node.hosts, id) ? Answer::yes : Answer::unknown;
    case FilterKey::queue:
      return answer(is_in_range(node.term, std::ssize(world.host(id).queue)));
    case FilterKey::is:
      if (node.term.is != FilterIs::fault) return Answer::unknown;
      return answer(static_cast<bool>(world.host(id).crashed));
    default:
      return Answer::unknown;
  }
}

bool Matcher::holds_match(trace::HostId id, const trace::World& world) const {
  const trace::HostState& host = world.host(id);
  int looked_at = 0;
  trace::MessageId before{};  // the copies of one message stand together
  const auto fits = [&](trace::MessageId message) {
    if (message == before) return false;
    before = message;
    ++looked_at;
    return matches(message, world);
  };
  for (const auto& [place, entry] : host.queue) {
    if (looked_at >= kMostCopies) return false;
    if (fits(place.first)) return true;
  }
  for (const auto& [message, copy] : host.unqueued) {
    if (looked_at >= kMostCopies) return false;
    if (fits(message)) return true;
  }
  return false;
}

}  // namespace mailroom::viz
