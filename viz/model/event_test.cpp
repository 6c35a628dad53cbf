// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/event_test.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "viz/model/matcher.hpp"

namespace mailroom::viz {

EventTestMaker event_test_of(const Filter& filter) {
  if (filter.is_empty()) return {};
  return [filter](trace::RunFileReader& reader) -> EventTest {
    struct Test {
      trace::RunFileReader& reader;
      Facts facts;
      Matcher matcher;
      QueueLengths queues{};
      trace::EventId known_to{};  // of the file, when its facts were read

      // A file that grew is judged with the names that came with what is new. What cannot be read is not
      // known: the pass meets the same failure, and tells it.
      void learn(trace::EventId at_least) {
        known_to = std::max(at_least, reader.last_event().value_or(at_least));
        while (read_facts(reader, facts).value_or(false)) {
        }
        matcher.refresh(facts);
      }
    };
    Facts facts(reader.header());
    Matcher matcher(filter, facts);
    const auto test = std::make_shared<Test>(Test{reader, std::move(facts), std::move(matcher)});
    return [test](const trace::StoredEvent& event) {
      if (event.id > test->known_to) test->learn(event.id);
      test->queues.apply(event);
      return test->matcher.matches(event, &test->queues);
    };
  };
}

}  // namespace mailroom::viz
