// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

#include "protocols/smtp/reply_texts.hpp"
#include "sim/faults/fault.hpp"
#include "sim/trace/discard_rules.hpp"
#include "sim/trace/event.hpp"

namespace mailroom::swarm {

namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool is_failure(const Verdict& verdict) {
  return verdict.result != Verdict::Result::fine;
}

// One seed, and once more in slices if it is its turn.
Verdict try_seed(std::uint64_t seed, const std::string& yaml, const Plan& plan, bool& was_replayed) {
  Verdict verdict = try_scenario(yaml, plan.limits);
  was_replayed = plan.replayed_each > 0 && seed % plan.replayed_each == 0 && !is_failure(verdict);
  if (!was_replayed) return verdict;
  CaseOptions sliced = plan.limits;
  sliced.is_sliced = true;
  const Verdict again = try_scenario(yaml, sliced);
  if (is_failure(again)) return again;
  if (again.hash == verdict.hash) return verdict;
  verdict.result = Verdict::Result::violated;
  verdict.text = fmt::format("run again, other things happened: {} events, and {}\n", verdict.events, again.events);
  return verdict;
}

// What must be the same for a smaller scenario to fail in the same way: the kind of failure, and what was said of it
// without its numbers.
std::string manner_of(const Verdict& verdict) {
  std::string text = verdict.text.substr(0, verdict.text.find('\n'));
  std::erase_if(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return fmt::format("{} {}", name(verdict.result), text);
}

}  // namespace

Tally run(const Plan& plan, const std::function<void(const Tally&)>& progress) {
  Tally tally;
  std::mutex mutex;
  std::uint64_t next = plan.first;
  const std::int64_t began_ns = now_ns();
  const auto work = [&] {
    for (;;) {
      std::uint64_t seed = 0;
      {
        const std::lock_guard lock(mutex);
        const bool is_over = plan.budget_ns > 0 && now_ns() - began_ns > plan.budget_ns;
        if (next > plan.last || is_over || tally.failure) return;
        seed = next++;
      }
      const std::string yaml = generate(seed, plan.options).yaml();
      bool was_replayed = false;
      Verdict verdict = try_seed(seed, yaml, plan, was_replayed);
      const std::lock_guard lock(mutex);
      ++tally.seeds;
      tally.replayed += was_replayed ? 1 : 0;
      tally.events += verdict.events;
      for (const auto& [mark, count] : verdict.marks) tally.marks[mark] += count;
      if (is_failure(verdict) && (!tally.failure || seed < tally.failure->seed))
        tally.failure = Failure{seed, std::move(verdict), yaml};
      progress(tally);
    }
  };
  std::vector<std::jthread> workers;
  for (int job = 1; job < plan.jobs; ++job) workers.emplace_back(work);
  work();
  workers.clear();
  return tally;
}

Failure shrink(const Failure& failure, const Plan& plan, const std::function<void(std::size_t)>& progress) {
  Draft draft = generate(failure.seed, plan.options);
  Failure smallest = failure;
  const std::string manner = manner_of(failure.verdict);
  for (bool has_shrunk = true; has_shrunk;) {
    has_shrunk = false;
    std::vector<std::size_t> parts(draft.parts());
    std::iota(parts.begin(), parts.end(), std::size_t{0});
    std::ranges::stable_sort(parts, std::greater<>{}, [&draft](std::size_t part) { return draft.weight(part); });
    for (const std::size_t part : parts) {
      const Draft less = draft.without(part);
      bool was_replayed = false;
      const std::string yaml = less.yaml();
      Plan same = plan;
      same.replayed_each = failure.verdict.text.starts_with("run again") ? 1 : 0;
      const Verdict verdict = try_seed(failure.seed, yaml, same, was_replayed);
      if (manner_of(verdict) != manner) continue;
      draft = less;
      smallest.yaml = yaml;
      smallest.verdict = verdict;
      has_shrunk = true;
      progress(draft.parts());
      break;
    }
  }
  return smallest;
}

std::vector<std::string> wanted_marks() {
  std::set<int> codes;
#define SAY(id, code, subject, detail, modern, lecture) codes.insert(code);
#include "protocols/smtp/reply_texts.def"
#undef SAY
  std::vector<std::string> wanted;
  for (const int code : codes)
    if (code != 458) wanted.push_back(fmt::format("reply {}", code));  // our queues can always be begun (RFC 1985 §5.3)
  for (const faults::KindInfo& kind : faults::kKinds) wanted.push_back(fmt::format("fault {}", kind.name));
  for (const trace::KindInfo& kind : trace::kKinds)
    if (kind.level < trace::Level::packets) wanted.push_back(fmt::format("event {}", kind.name));
  for (const trace::DiscardRule& rule : trace::kDiscardRules) wanted.push_back(fmt::format("rule {}", rule.text));
  for (const char* one : {"crash between final dot and 250", "crash while a message is written to the spool",
                          "in doubt after the final dot", "handed over twice"})
    wanted.push_back(fmt::format("case {}", one));
  return wanted;
}

}  // namespace mailroom::swarm
