// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/fault_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/main/fault_condition.hpp"

namespace mailroom {

using faults::Fault;

FaultSchedule::FaultSchedule(net::Ns3Network& network, trace::Recorder& recorder, FaultTarget& target,
                             std::uint64_t seed)
    : network_(network), recorder_(recorder), target_(target), seed_(seed) {}

FaultSchedule::~FaultSchedule() {
  recorder_.observe(nullptr);
}

void FaultSchedule::add(Fault fault) {
  const std::size_t index = planned_.size();
  // Its stream goes by its words, so that it is the same whatever stands before it in the list.
  const std::int64_t before = named_[fault.what]++;
  const std::string name = before == 0 ? fault.what : fmt::format("{} #{}", fault.what, before + 1);
  planned_.push_back({.fault = std::move(fault),
                      .id = {static_cast<std::int64_t>(index) + 1},
                      .random = net::Random(seed_, name, "fault")});
  Planned& planned = planned_.back();
  const faults::When& when = planned.fault.when;
  if (when.condition) {
    planned.watched = network_.host(when.condition->host).id();
    recorder_.observe(this);
    return;
  }
  // "randomly every 1h": the first comes after a random time, too.
  arm(index, when.at_ns + (when.is_random ? interval_ns(planned) : 0));
}

std::int64_t FaultSchedule::interval_ns(Planned& planned) {
  const faults::When& when = planned.fault.when;
  return when.is_random ? planned.random.exponential_ns(when.interval_ns) : when.interval_ns;
}

void FaultSchedule::arm(std::size_t index, std::int64_t delay_ns) {
  network_.after_without_work(delay_ns, [this, index] {
    begin(index, {});
    if (planned_[index].fault.when.interval_ns > 0 && !planned_[index].is_forgotten) arm(index, interval_ns(planned_[index]));
  });
}

void FaultSchedule::on_event(trace::EventId id, const trace::Event& event) {
  for (std::size_t index = 0; index < planned_.size(); ++index) {
    Planned& planned = planned_[index];
    const faults::When& when = planned.fault.when;
    if (!when.condition || planned.is_forgotten || (planned.fired > 0 && !when.is_repeated)) continue;
    if (!comes_true(*when.condition, planned.watched, event)) continue;
    if (++planned.seen[event.session] != when.condition->nth) continue;
    ++planned.fired;
    trace::Context context = recorder_.context;
    context.event = id;
    const trace::ContextScope scope(recorder_, context);
    // A cut is nothing but a mark on the connection (which has none before it is opened): what is said next is lost
    // already. All else would pull the floor from under the agent that is speaking, and waits until it has finished.
    const bool is_mark = planned.fault.kind == faults::Kind::tcp_cut && event.kind != trace::Kind::connection_opened;
    if (is_mark && when.later_ns == 0) {
      begin(index, event.connection);
    } else {
      network_.after_without_work(when.later_ns, [this, index, connection = event.connection] { begin(index, connection); });
    }
  }
}

void FaultSchedule::begin(std::size_t index, trace::ConnectionId connection) {
  Planned& planned = planned_[index];
  if (planned.is_forgotten) return;
  ++planned.begun;
  const Fault& fault = planned.fault;
  const faults::KindInfo& kind = faults::info(fault.kind);
  std::string slot = faults::slot(fault);
  if (in_force_.contains(slot)) return;
  std::int64_t lasts_ns = fault.when.lasts_ns;
  if (fault.when.is_random && lasts_ns > 0) lasts_ns = std::max<std::int64_t>(1, planned.random.exponential_ns(lasts_ns));
  const FaultTarget::Place place = target_.place_of(fault);
  trace::Event event{.kind = trace::Kind::fault_began,
                     .host = place.host,
                     .link = place.link,
                     .fault = planned.id,
                     .text = fault.what,
                     .detail = place.detail};
  if (kind.is_lasting && lasts_ns > 0) event.value = network_.now_ns() + lasts_ns;
  const trace::ContextScope scope(recorder_, recorder_.context);
  recorder_.context.event = recorder_.record(event);
  const std::int64_t number = ++begun_;
  in_force_.emplace(slot, InForce{index, number});
  target_.begin(fault, {planned.id, recorder_.context.event}, connection);
  if (!kind.is_lasting) return end(slot, number);
  if (lasts_ns == 0) return;
  const auto over = [this, slot = std::move(slot), number] { end(slot, number); };
  if (fault.kind == faults::Kind::host_out_of_operation) {
    network_.after(lasts_ns, over);
  } else {
    network_.after_without_work(lasts_ns, over);
  }
}

void FaultSchedule::end(const std::string& slot, std::int64_t number) {
  const auto found = in_force_.find(slot);
  if (found == in_force_.end() || found->second.number != number) return;  // mended by hand
  const Planned& planned = planned_[found->second.planned];
  const FaultTarget::Place place = target_.place_of(planned.fault);
  in_force_.erase(found);
  const trace::ContextScope scope(recorder_, recorder_.context);
  recorder_.context.event = recorder_.record({.kind = trace::Kind::fault_ended,
                                              .host = place.host,
                                              .link = place.link,
                                              .fault = planned.id,
                                              .text = planned.fault.what});
  target_.end(planned.fault, planned.id);
}

bool FaultSchedule::mend(std::string_view what) {
  for (const auto& [slot, in_force] : in_force_) {
    if (planned_[in_force.planned].fault.what != what) continue;
    const std::string known = slot;
    end(known, in_force.number);
    return true;
  }
  return false;
}

void FaultSchedule::forget(std::string_view what) {
  for (Planned& planned : planned_)
    if (planned.fault.what == what) planned.is_forgotten = true;
  mend(what);
}

std::vector<std::string> FaultSchedule::to_come() const {
  std::vector<std::string> list;
  for (const Planned& planned : planned_) {
    const faults::When& when = planned.fault.when;
    const bool may_come_again = when.condition ? when.is_repeated : when.interval_ns > 0;
    if (!planned.is_forgotten && (planned.begun == 0 || may_come_again)) list.push_back(planned.fault.what);
  }
  return list;
}

std::vector<std::string> FaultSchedule::in_force() const {
  std::map<std::int64_t, std::string> by_number;
  for (const auto& [slot, in_force] : in_force_)
    by_number.emplace(in_force.number, planned_[in_force.planned].fault.what);
  std::vector<std::string> list;
  for (auto& [number, what] : by_number) list.push_back(std::move(what));
  return list;
}

}  // namespace mailroom
