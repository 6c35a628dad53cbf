// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/event_test.hpp"

#include <memory>
#include <utility>

#include "viz/model/matcher.hpp"

namespace mailroom::viz {

EventTestMaker event_test_of(const Filter& filter) {
  if (filter.is_empty()) return {};
  return [filter](trace::RunFileReader& reader) -> EventTest {
    Facts facts(reader.header());
    // What cannot be read is not known: the pass meets the same failure, and tells it.
    while (read_facts(reader, facts).value_or(false)) {
    }
    struct Test {
      Matcher matcher;
      QueueLengths queues;
    };
    const auto test = std::make_shared<Test>(Test{Matcher(filter, std::move(facts)), {}});
    return [test](const trace::StoredEvent& event) {
      test->queues.apply(event);
      return test->matcher.matches(event, &test->queues);
    };
  };
}

}  // namespace mailroom::viz
