// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/traffic_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mailroom::agents {

using Choice = scenario::AddressSet::Choice;
using When = scenario::Traffic::When;

TrafficSource::TrafficSource(const scenario::Traffic& traffic, std::uint64_t seed, net::Host& clock,
                             AgentFor agent_for)
    : traffic_(traffic), clock_(clock), agent_for_(std::move(agent_for)) {
  const auto add = [&](const std::string* from) {
    const std::string purpose = fmt::format("traffic {}", from != nullptr ? *from : std::string("any"));
    trains_.push_back({from, traffic.count, traffic.start_ns, net::Random(seed, traffic.name, purpose)});
  };
  if (traffic.from.choice == Choice::any) {
    add(nullptr);
  } else {
    for (const std::string& from : traffic.from.members) add(&from);
  }
  if (traffic.when == When::poisson) {
    for (Train& train : trains_) train.next_ns += train.random.exponential_ns(traffic.interval_ns);
  }
  if (traffic.to.choice == Choice::any) {
    for (std::size_t i = 0; i < traffic.to.members.size(); ++i) places_.emplace(traffic.to.members[i], i);
  }
  for (const Train& train : trains_) {
    const auto is_self = [&](const std::string& to) { return train.from != nullptr && to == *train.from; };
    std::int64_t messages = 1;
    if (traffic.to.choice == Choice::each && !traffic.to.members.empty()) {
      messages = std::max<std::int64_t>(1, static_cast<std::int64_t>(traffic.to.members.size()) -
                                               std::ranges::count_if(traffic.to.members, is_self));
    }
    planned_ += messages * train.left;
  }
}

void TrafficSource::start() {
  for (std::size_t index = 0; index < trains_.size(); ++index) arm(index);
}

void TrafficSource::arm(std::size_t index) {
  if (trains_[index].left == 0) return;
  clock_.after(std::max<std::int64_t>(0, trains_[index].next_ns - clock_.now_ns()),
               [this, index] { run(index); });
}

void TrafficSource::run(std::size_t index) {
  Train& train = trains_[index];
  do {
    send_one(train);
    --train.left;
  } while (train.left > 0 && traffic_.when == When::at);
  train.next_ns += traffic_.when == When::poisson ? train.random.exponential_ns(traffic_.interval_ns)
                                                  : traffic_.interval_ns;
  arm(index);
}

const std::string& TrafficSource::draw(const std::vector<std::string>& members, Train& train,
                                       const std::string* except) {
  // A sender is no recipient of its own message, unless there is no one else.
  if (except != nullptr) {
    const auto self = places_.find(*except);
    if (self != places_.end() && members.size() > 1) {
      auto index = train.random.below(members.size() - 1);
      if (index >= self->second) ++index;
      return members[index];
    }
  }
  return members[train.random.below(members.size())];
}

void TrafficSource::send_one(Train& train) {
  const std::string& from = train.from != nullptr ? *train.from : draw(traffic_.from.members, train, nullptr);
  UserAgent* const agent = agent_for_(traffic_, from);
  const std::vector<std::string>& to = traffic_.to.members;
  if (to.empty() || traffic_.to.choice == Choice::all) {
    send(agent, from, to);
  } else if (traffic_.to.choice == Choice::any) {
    send(agent, from, {draw(to, train, &from)});
  } else {
    for (const std::string& recipient : to) {
      if (recipient == from && to.size() > 1) {
        if (train.from == nullptr) --planned_;  // which sender it would be was not known before
        continue;
      }
      send(agent, from, {recipient});
    }
  }
}

void TrafficSource::send(UserAgent* agent, const std::string& from, const std::vector<std::string>& to) {
  if (agent == nullptr) {
    --planned_;
    return;
  }
  agent->send(traffic_, from, to);
  ++sent_;
}

}  // namespace mailroom::agents
