// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "viz/model/delay.hpp"

namespace mailroom::viz {
namespace {

using story::Step;
using story::Tone;
using trace::Copy;
using trace::CopyEnd;
using trace::CopyId;
using trace::EventId;
using trace::Kind;
using trace::StoredEvent;
using trace::World;
using Relation = Step::Relation;

constexpr std::int64_t kLate_ns = 60'000'000'000;
constexpr std::size_t kMostCopies = 2000;  // of a message that are looked at for what to ask

template <class T>
using Read = std::expected<T, trace::FileError>;

// What every part of an answer needs.
struct Asking {
  trace::RunFileReader& reader;
  story::Names& names;
  const World& world;
  const Hides& hides;
};

WhyLine line_of(const Step& step, story::Names& names) {
  const StoredEvent& e = step.event;
  WhyLine line{.relation = step.relation, .depth = step.depth, .event = e.id, .host = e.host, .time_ns = e.time_ns};
  switch (step.relation) {
    case Relation::fewer_lines:
      line.text = fmt::format("{} of the dialogue", story::counted(step.count, "earlier line"));
      break;
    case Relation::fewer_tries:
      line.text = fmt::format("tried {} times more alike, since {}", step.count, story::clock(e.time_ns));
      break;
    default:
      line.tone = story::tone_of(e.kind);
      line.text = story::sentence(names, e);
      if (step.reason_for) line.text += fmt::format(" (the reason for event {})", step.reason_for.value);
  }
  return line;
}

void add_steps(const Asking& asking, const story::Causes& causes, int deeper, WhyAnswer& told) {
  for (const Step& step : story::steps_of(causes)) {
    if (asking.hides && asking.hides(step.event)) continue;
    told.lines.push_back(line_of(step, asking.names));
    told.lines.back().depth += deeper;
    told.lines.back().is_root = told.root_event && step.event.id == told.root_event &&
                                step.relation != Relation::fewer_lines && step.relation != Relation::fewer_tries;
  }
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string toward(const World& world, CopyId id, story::Names& names) {
  const Copy* copy = world.copies.find(id);
  if (copy == nullptr || !copy->recipient) return fmt::format("copy {}", id.value);
  return fmt::format("copy {} toward {}", id.value, names.recipient(copy->recipient));
}

// What is asked about an event, in the past tense.
std::string question_about(const StoredEvent& e, const World& world, story::Names& names) {
  const std::string copy = e.copy ? toward(world, e.copy, names) : std::string();
  const std::string connection = fmt::format("connection {}", e.connection.value);
  switch (e.kind) {
    case Kind::copy_deferred: return fmt::format("Why was {} re-queued?", copy);
    case Kind::copy_bounced: return fmt::format("Why was {} given up?", copy);
    case Kind::copy_discarded: return fmt::format("Why was {} discarded?", copy);
    case Kind::copy_destroyed: return fmt::format("Why was {} lost?", copy);
    case Kind::copy_delivered: return fmt::format("How did {} get into the mailbox?", copy);
    case Kind::connection_refused: return fmt::format("Why was {} refused?", connection);
    case Kind::connection_unreachable: return fmt::format("Why could {} not be made?", connection);
    case Kind::connection_timed_out: return fmt::format("Why did {} time out?", connection);
    case Kind::connection_reset: return fmt::format("Why was {} reset?", connection);
    case Kind::host_crashed: return fmt::format("Why did {} crash?", names.host(e.host));
    case Kind::disk_filled: return fmt::format("Why was the disk of {} full?", names.host(e.host));
    default: break;
  }
  if ((e.kind == Kind::reply_sent || e.kind == Kind::reply_received) && e.code >= 400)
    return fmt::format("Why the reply {}?", story::quoted_reply(e.code, e.text));
  return "Why this event?";
}

// The root cause of something that is no failure is where it all began.
bool is_failure(const StoredEvent& e) {
  const Tone tone = story::tone_of(e.kind);
  return tone == Tone::warn || tone == Tone::bad || e.code >= 400;
}

WhyAnswer of_causes(const Asking& asking, const story::Causes& causes) {
  auto& [reader, names, world, hides] = asking;
  WhyAnswer told;
  if (causes.chain.empty()) return told;
  const StoredEvent& asked = causes.chain.front();
  told.question = question_about(asked, world, names);
  const bool failed = is_failure(asked);
  const RootCause root = failed ? root_cause_of(causes, names, world, hides) : RootCause();
  if (!root.text.empty()) {
    told.root = fmt::format("Because {}.", root.text);
    told.root_event = root.event;
  } else if (causes.chain.size() > 1) {
    // The beginning of the run is the cause of all; what came of it at once is more to the point.
    const auto first = std::ranges::find_if(causes.chain.rbegin(), causes.chain.rend(),
                                            [](const StoredEvent& e) { return e.kind != Kind::run_began; });
    if (first != causes.chain.rend() && first->id != asked.id) {
      told.root = capitalized(fmt::format("it began at {} with this: {}.", names.host(first->host),
                                          story::sentence(names, *first)));
      told.root_event = first->id;
    }
  }
  add_steps(asking, causes, 0, told);
  return told;
}

WhyResult about_event(const Asking& asking, EventId id) {
  auto causes = story::causes_of(asking.reader, id);
  if (!causes) return std::unexpected(std::move(causes.error()));
  return of_causes(asking, *causes);
}

// --- late

Read<std::optional<StoredEvent>> newest(trace::RunFileReader& reader, const World& world, CopyId copy,
                                        std::vector<Kind> kinds) {
  auto events = reader.events(
      {.up_to = world.last_event, .kinds = std::move(kinds), .copy = copy, .newest_first = true, .limit = 1});
  if (!events) return std::unexpected(std::move(events.error()));
  if (events->empty()) return std::nullopt;
  return std::move(events->front());
}

// The copy at this host among those that the delivered one comes from, itself included.
CopyId copy_at(const World& world, CopyId delivered, trace::HostId host) {
  CopyId id = delivered;
  for (int i = 0; i < 1000 && id; ++i) {
    const Copy* copy = world.copies.find(id);
    if (copy == nullptr || !copy->created) return {};
    if (copy->host == host) return id;
    id = copy->parent < id ? copy->parent : CopyId{};
  }
  return {};
}

// "waiting for the next try, after failures" …
std::string part_words(DelayPart part) {
  switch (part) {
    case DelayPart::connect: return "looking for the next host and connecting";
    case DelayPart::transfer: return "the dialogue and the text, until the next host was responsible";
    case DelayPart::queue: return "in the queue before the first try";
    case DelayPart::retry: return "tries that failed, and the waits after them";
  }
  return "";
}

std::string share_words(std::int64_t took_ns, std::int64_t total_ns) {
  if (total_ns <= 0) return {};
  const double share = 100.0 * static_cast<double>(took_ns) / static_cast<double>(total_ns);
  return share < 1 ? std::string(", less than 1 %") : fmt::format(", {:.0f} %", share);
}

void add_delay_lines(const Delay& delay, const LongestPart& longest, WhyAnswer& told) {
  std::int64_t at_ns = delay.composed_ns;
  for (std::size_t hop = 0; hop < delay.hops.size(); ++hop) {
    const HopShare& share = delay.hops[hop];
    for (const DelayPart part : {DelayPart::queue, DelayPart::retry, DelayPart::connect, DelayPart::transfer}) {
      const std::int64_t took_ns = share.parts_ns[static_cast<std::size_t>(part)];
      if (took_ns <= 0) continue;
      const bool is_longest = hop == longest.hop && part == longest.part;
      WhyLine line{.relation = Relation::asked, .depth = 0, .host = share.from, .time_ns = at_ns};
      line.tone = part == DelayPart::retry ? Tone::warn : Tone::plain;
      line.text = fmt::format("{}: {}{}{}", story::duration(took_ns), part_words(part),
                              share_words(took_ns, delay.total_ns()), is_longest ? "; the longest part" : "");
      line.is_root = is_longest;
      told.lines.push_back(std::move(line));
      at_ns += took_ns;
    }
  }
}

WhyResult about_delay(const Asking& asking, CopyId id) {
  auto& [reader, names, world, hides] = asking;
  WhyAnswer told;
  told.question = fmt::format("Where did the time of {} go?", toward(world, id, names));
  auto delay = delay_of(reader, world, id);
  if (!delay) return std::unexpected(std::move(delay.error()));
  if (!*delay) {
    told.root = "It is not delivered yet, or this run was recorded without what it takes to tell.";
    return told;
  }
  const auto longest = longest_part(**delay);
  if (!longest) {
    told.root = "It took no time at all.";
    return told;
  }
  const HopShare& hop = (*delay)->hops[longest->hop];
  told.question = fmt::format("Why did {} take {}?", toward(world, id, names), story::duration((*delay)->total_ns()));
  const std::string where = names.host(hop.from);
  std::string because;
  story::Causes causes;
  if (longest->part == DelayPart::retry) {
    const CopyId held = copy_at(world, id, hop.from);
    const auto deferred = newest(reader, world, held, {Kind::copy_deferred});
    if (!deferred) return std::unexpected(deferred.error());
    if (*deferred) {
      auto found = story::causes_of(reader, (*deferred)->id);
      if (!found) return std::unexpected(std::move(found.error()));
      causes = std::move(*found);
      const RootCause root = root_cause_of(causes, names, world, hides);
      told.root_event = root.event ? root.event : (*deferred)->id;
      because = root.text;
    }
    told.root = fmt::format("Because {} had to try again{}{}.", where, because.empty() ? "" : ": ", because);
  } else {
    told.root = fmt::format("Most of it went at {}: {}.", where, part_words(longest->part));
  }
  add_delay_lines(**delay, *longest, told);
  if (!causes.chain.empty()) {
    add_steps(asking, causes, 1, told);
  }
  return told;
}

// --- twice

// The copies from this one up to the first that both come from; empty if there is none.
struct Fork {
  CopyId above{};   // whose owner handed it over twice
  CopyId first{};   // its child that came first
  CopyId second{};  // the one of `later`
};
std::vector<CopyId> ancestry(const World& world, CopyId id) {
  std::vector<CopyId> up;
  for (int i = 0; i < 1000 && id; ++i) {
    const Copy* copy = world.copies.find(id);
    if (copy == nullptr || !copy->created) break;
    up.push_back(id);
    id = copy->parent < id ? copy->parent : CopyId{};
  }
  return up;
}
std::optional<Fork> fork_of(const World& world, CopyId first, CopyId later) {
  const std::vector<CopyId> a = ancestry(world, first);
  const std::vector<CopyId> b = ancestry(world, later);
  for (std::size_t i = 1; i < b.size(); ++i) {
    const auto same = std::ranges::find(a, b[i]);
    if (same == a.end() || same == a.begin()) continue;
    return Fork{.above = b[i], .first = *std::prev(same), .second = b[i - 1]};
  }
  return std::nullopt;
}

// A delivered copy of the same message in the same mailbox, before this one; 0: none.
CopyId earlier_twin(const World& world, CopyId id) {
  const Copy* copy = world.copies.find(id);
  if (copy == nullptr || copy->end != CopyEnd::delivered) return {};
  const trace::Message* message = world.messages.find(copy->message);
  if (message == nullptr) return {};
  std::size_t looked_at = 0;
  for (const CopyId other : message->copies) {
    if (other == id || ++looked_at > kMostCopies) break;
    const Copy* twin = world.copies.find(other);
    if (twin != nullptr && twin->end == CopyEnd::delivered && twin->host == copy->host &&
        twin->mailbox == copy->mailbox && twin->ended < copy->ended)
      return other;
  }
  return {};
}

WhyLine told_of(const World& world, CopyId id, EventId event, std::int64_t time_ns, std::string text, Tone tone) {
  const Copy* copy = world.copies.find(id);
  return {.event = event,
          .host = copy != nullptr ? copy->host : trace::HostId{},
          .time_ns = time_ns,
          .tone = tone,
          .text = std::move(text)};
}

WhyResult about_twice(const Asking& asking, CopyId id) {
  auto& [reader, names, world, hides] = asking;
  WhyAnswer told;
  told.question = fmt::format("Why did {} come, although it had come before?", toward(world, id, names));
  const CopyId twin = earlier_twin(world, id);
  const auto fork = twin ? fork_of(world, twin, id) : std::nullopt;
  if (!fork) {
    told.root = "The two copies were sent toward two addresses that lead to the same mailbox.";
    if (!twin) told.root = "No copy of it had come before.";
    return told;
  }
  const Copy& above = *world.copies.find(fork->above);
  const Copy& first = *world.copies.find(fork->first);
  const Copy& second = *world.copies.find(fork->second);
  const std::string sender = names.host(above.host);
  if (first.host == above.host && second.host == above.host) {
    told.root = fmt::format("Two of the addresses that {} put in place of one lead to the same mailbox.", sender);
    told.root_event = second.created;
  } else {
    told.root = fmt::format("{} had taken it, but {} did not read the 250: so {} was still responsible, and sent it again.",
                            names.host(first.host), sender, sender);
  }
  const auto at = [&](CopyId copy, EventId event, std::int64_t time_ns, std::string text, Tone tone = Tone::plain) {
    told.lines.push_back(told_of(world, copy, event, time_ns, std::move(text), tone));
  };
  at(fork->first, first.created, first.created_ns,
     fmt::format("{} committed it and became responsible: {}", names.host(first.host),
                 story::numbered("copy", fork->first.value)));
  const auto deferred = newest(reader, world, fork->above, {Kind::copy_deferred});
  if (!deferred) return std::unexpected(deferred.error());
  story::Causes causes;
  if (*deferred && (*deferred)->id > first.created) {
    auto found = story::causes_of(reader, (*deferred)->id);
    if (!found) return std::unexpected(std::move(found.error()));
    causes = std::move(*found);
    const RootCause root = root_cause_of(causes, names, world, hides);
    told.root_event = root.event;
    if (!root.text.empty()) told.root += fmt::format(" The 250 was lost because {}.", root.text);
    at(fork->above, (*deferred)->id, (*deferred)->time_ns,
       fmt::format("{} had read no 250, so it kept the message: {}", sender,
                   story::quoted_reply((*deferred)->code, (*deferred)->text)),
       Tone::warn);
  }
  at(fork->second, second.created, second.created_ns,
     fmt::format("{} took it once more: {}", names.host(second.host), story::numbered("copy", fork->second.value)),
     Tone::bad);
  if (const Copy* copy = world.copies.find(id); copy != nullptr)
    at(id, copy->ended, copy->ended_ns, fmt::format("it is in mailbox {} twice now", story::printable(copy->mailbox)),
       Tone::bad);
  if (!causes.chain.empty()) {
    add_steps(asking, causes, 1, told);
  }
  return told;
}

}  // namespace

WhyResult answer(trace::RunFileReader& reader, story::Names& names, const World& world, const WhyQuestion& question,
                 const Hides& hides) {
  const Asking asking{reader, names, world, hides};
  switch (question.about) {
    case WhyQuestion::About::late: return about_delay(asking, question.copy);
    case WhyQuestion::About::twice: return about_twice(asking, question.copy);
    case WhyQuestion::About::event: break;
  }
  return about_event(asking, question.event);
}

std::vector<WhyOffer> offers_for(const World& world, trace::RunFileReader& reader, trace::MessageId id, CopyId only,
                                 std::size_t most) {
  const trace::Message* message = world.messages.find(id);
  if (message == nullptr) return {};
  std::vector<std::pair<int, WhyOffer>> all;
  const auto offer = [&](int gravity, WhyQuestion question, CopyId copy, std::string label) {
    all.push_back({gravity, {.question = question, .label = std::move(label), .copy = copy}});
  };
  std::size_t looked_at = 0;
  for (const CopyId copy_id : message->copies) {
    if (++looked_at > kMostCopies || all.size() >= 4 * most) break;
    const Copy* copy = world.copies.find(copy_id);
    if (copy == nullptr || !copy->created) continue;
    if (only) {
      const std::vector<CopyId> up = ancestry(world, copy_id);
      if (std::ranges::find(up, only) == up.end()) continue;
    }
    const auto event = [](EventId e) { return WhyQuestion{.about = WhyQuestion::About::event, .event = e}; };
    if (copy->end == CopyEnd::bounced) offer(0, event(copy->ended), copy_id, "Why did it bounce?");
    if (copy->end == CopyEnd::destroyed) offer(0, event(copy->ended), copy_id, "Why was it lost?");
    if (copy->end == CopyEnd::discarded) offer(0, event(copy->ended), copy_id, "Why was it discarded?");
    if (earlier_twin(world, copy_id))
      offer(1, {.about = WhyQuestion::About::twice, .copy = copy_id}, copy_id, "Why did it come twice?");
    if (copy->open() && copy->deferrals > 0) {
      const auto deferred = newest(reader, world, copy_id, {Kind::copy_deferred});
      if (deferred && *deferred) offer(2, event((*deferred)->id), copy_id, "Why does it wait?");
    }
    if (copy->end == CopyEnd::delivered) {
      const std::int64_t took_ns = copy->ended_ns - (message->composed ? message->composed_ns : copy->created_ns);
      const bool is_late = took_ns >= kLate_ns;
      if (took_ns > 0) offer(is_late ? 3 : 4, {.about = WhyQuestion::About::late, .copy = copy_id}, copy_id,
            is_late ? fmt::format("Why did it take {}?", story::duration(took_ns))
                    : fmt::format("Where did its {} go?", story::duration(took_ns)));
    }
  }
  std::ranges::stable_sort(all, {}, [](const auto& offered) { return offered.first; });
  std::vector<WhyOffer> offers;
  for (auto& [gravity, offered] : all)
    if (offers.size() < most) offers.push_back(std::move(offered));
  return offers;
}

}  // namespace mailroom::viz
