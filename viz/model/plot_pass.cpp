// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plot_pass.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "viz/model/gave_up.hpp"

namespace mailroom::viz {

namespace {

constexpr std::int64_t kChunk = 20'000;  // events between two looks at whether to go on
constexpr std::chrono::milliseconds kPublishEvery{500};

// Reads on from what `facts` has to the end of the file. False: cancelled. `so_far` is where a reader stands:
// a file has more events than those that facts are made of.
std::expected<bool, trace::FileError> gather(trace::RunFileReader& reader, const EventTest& test,
                                             MailFacts& facts, trace::EventId& so_far,
                                             const std::function<bool(double)>& goes_on) {
  const auto last = reader.last_event();
  if (!last) return std::unexpected(last.error());
  const std::int64_t begin = so_far.value;
  while (so_far < *last) {
    trace::EventQuery query = {.after = so_far, .up_to = *last, .limit = kChunk};
    if (!test) query.kinds = MailFacts::kinds();
    std::int64_t rows = 0;
    const auto read = reader.for_each(query, [&](const trace::StoredEvent& event) {
      ++rows;
      so_far = event.id;
      facts.take(event, !test || test(event));
      return true;
    });
    if (!read) return std::unexpected(read.error());
    if (rows < kChunk) so_far = *last;
    const double share = static_cast<double>(so_far.value - begin) / static_cast<double>(last->value - begin);
    if (goes_on && !goes_on(share)) return false;
  }
  // The run goes on until its last event, whatever its kind.
  const auto end_ns = reader.last_time_ns();
  if (!end_ns) return std::unexpected(end_ns.error());
  facts.end_ns = std::max(facts.end_ns, *end_ns);
  return true;
}

std::shared_ptr<PlotAnswer> answer_of(trace::RunFileReader& reader, const PlotQuestion& question,
                                      const MailFacts& facts) {
  static std::atomic<std::uint64_t> last_number{0};
  auto answer = std::make_shared<PlotAnswer>();
  answer->number = ++last_number;
  answer->header = reader.header();
  answer->facts = facts;
  answer->filter = question.filter;
  answer->range = question.range;
  answer->plots = plots_of(answer->facts, answer->header, question.range);
  if (!question.with_deliveries && !question.a) return answer;
  auto deliveries = read_deliveries(reader, answer->facts);
  if (!deliveries) {
    answer->error = deliveries.error().text;
    return answer;
  }
  answer->deliveries = std::move(*deliveries);
  if (!question.a) return answer;
  answer->comparison = compare(question.a->deliveries, answer->deliveries);
  answer->differences = differences(question.a->header, answer->header);
  return answer;
}

}  // namespace

bool PlotQuestion::is_about_the_same_as(const PlotQuestion& other) const {
  return path == other.path && filter == other.filter && range == other.range && file_number == other.file_number &&
         with_deliveries == other.with_deliveries && a == other.a;
}

std::shared_ptr<const PlotAnswer> answer_plots(trace::RunFileReader& reader, const PlotQuestion& question,
                                               const std::function<bool(double)>& goes_on) {
  MailFacts facts;
  trace::EventId so_far{};
  const EventTest test = question.test_maker ? question.test_maker(reader) : EventTest{};
  const auto gathered = gather(reader, test, facts, so_far, goes_on);
  auto answer = answer_of(reader, question, facts);
  answer->complete = gathered && *gathered && answer->error.empty();
  if (!gathered) answer->error = gathered.error().text;
  return answer;
}

// What the thread has gathered, to go on from.
class PlotPass::Gathering {
 public:
  explicit Gathering(PlotPass& pass) : pass_(pass) {}

  void answer(const PlotQuestion& question, std::uint64_t number, const std::stop_token& stop) {
    try {
      gather_and_answer(question, number, stop);
    } catch (const std::exception& why) {
      reader_.reset();
      fail(gave_up(question.path, why).text);
    }
  }

 private:
  void fail(std::string why) {
    auto answer = std::make_shared<PlotAnswer>();
    answer->error = std::move(why);
    pass_.publish(std::move(answer));
  }

  void gather_and_answer(const PlotQuestion& question, std::uint64_t number, const std::stop_token& stop) {
    if (!begin(question)) return;
    auto published = std::chrono::steady_clock::now();
    const auto gathered = gather(*reader_, test_, facts_, so_far_, [&](double share) {
      pass_.progress_ = share;
      // Asked something else meanwhile: the new question goes on from here if it can.
      if (stop.stop_requested() || pass_.newest_ != number) return false;
      const auto now = std::chrono::steady_clock::now();
      if (share < 1 && now - published > kPublishEvery) {
        pass_.publish(answer_of(*reader_, question, facts_));
        published = now;
      }
      return true;
    });
    if (gathered && !*gathered) return;
    auto answer = answer_of(*reader_, question, facts_);
    answer->complete = gathered && answer->error.empty();
    if (!gathered) {
      answer->error = gathered.error().text;
      reader_.reset();
    }
    if (pass_.newest_ == number) pass_.publish(std::move(answer));
  }

  // False: the file cannot be opened, which is told.
  bool begin(const PlotQuestion& question) {
    const bool same =
        reader_ && path_ == question.path && filter_ == question.filter && file_ == question.file_number;
    // The test goes on, too, where the file grew: it has what events before tell of queues.
    if (same) return true;
    const bool is_file_new = !reader_ || path_ != question.path || file_ != question.file_number;
    if (is_file_new) {
      reader_.reset();
      auto opened = trace::RunFileReader::open(question.path);
      if (!opened) {
        fail(opened.error().text);
        return false;
      }
      reader_.emplace(std::move(*opened));
    }
    if (is_file_new || filter_ != question.filter) {
      facts_ = {};
      so_far_ = {};
    }
    path_ = question.path;
    filter_ = question.filter;
    file_ = question.file_number;
    test_ = question.test_maker ? question.test_maker(*reader_) : EventTest{};
    return true;
  }

  PlotPass& pass_;
  std::optional<trace::RunFileReader> reader_;
  std::filesystem::path path_;
  std::string filter_;
  std::int64_t file_ = 0;
  EventTest test_;
  MailFacts facts_;
  trace::EventId so_far_{};
};

PlotPass::PlotPass() : thread_([this](const std::stop_token& stop) { work(stop); }) {}
PlotPass::~PlotPass() = default;

void PlotPass::ask(const PlotQuestion& question) {
  const std::lock_guard lock(mutex_);
  const bool is_same = asked_ && question.is_about_the_same_as(*asked_);
  if (is_same && asked_->up_to == question.up_to) return;
  // A run that grows all the time is not asked about anew before what is going on is done.
  if (is_same && busy_) return;
  if (asked_ && (asked_->path != question.path || asked_->file_number != question.file_number)) result_.reset();
  asked_ = question;
  newest_ = ++question_number_;
  busy_ = true;
  progress_ = 0;
  changed_.notify_all();
}

void PlotPass::cancel() {
  const std::lock_guard lock(mutex_);
  newest_ = ++question_number_;
  answered_number_ = question_number_;
  busy_ = false;
}

std::shared_ptr<const PlotAnswer> PlotPass::result() const {
  const std::lock_guard lock(mutex_);
  return result_;
}

void PlotPass::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return answered_number_ == question_number_; });
}

void PlotPass::publish(std::shared_ptr<const PlotAnswer> answer) {
  const std::lock_guard lock(mutex_);
  result_ = std::move(answer);
}

void PlotPass::work(const std::stop_token& stop) {
  Gathering gathering(*this);
  while (true) {
    PlotQuestion question;
    std::uint64_t number = 0;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return answered_number_ < question_number_; })) return;
      question = *asked_;
      number = question_number_;
    }
    gathering.answer(question, number, stop);
    const std::lock_guard lock(mutex_);
    if (number == question_number_) {
      answered_number_ = number;
      busy_ = false;
      changed_.notify_all();
    }
  }
}

}  // namespace mailroom::viz
