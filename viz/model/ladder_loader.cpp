// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/ladder_loader.hpp"

#include <exception>
#include <utility>

#include "viz/model/gave_up.hpp"

namespace mailroom::viz {

LadderLoader::LadderLoader() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

LadderLoader::~LadderLoader() = default;

void LadderLoader::ask(const Question& question) {
  const std::scoped_lock lock(mutex_);
  if (asked_ == question) return;
  asked_ = question;
  is_answered_ = false;
  changed_.notify_all();
}

std::shared_ptr<const Ladder> LadderLoader::result() const {
  const std::scoped_lock lock(mutex_);
  return result_;
}

std::string LadderLoader::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

bool LadderLoader::is_busy() const {
  const std::scoped_lock lock(mutex_);
  return !is_answered_;
}

void LadderLoader::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_answered_; });
}

void LadderLoader::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !is_answered_; })) {
    const Question question = *asked_;
    lock.unlock();
    std::shared_ptr<const Ladder> ladder;
    std::string failure;
    try {
      auto reader = trace::RunFileReader::open(question.path);
      if (!reader) {
        failure = reader.error().text;
      } else if (auto read = read_ladder(*reader, question.ladder)) {
        ladder = std::make_shared<const Ladder>(std::move(*read));
      } else {
        failure = read.error().text;
      }
    } catch (const std::exception& why) {
      failure = gave_up(question.path, why).text;
    }
    lock.lock();
    if (!(*asked_ == question)) continue;  // something else is wanted by now
    if (ladder) result_ = std::move(ladder);
    failure_ = std::move(failure);
    is_answered_ = true;
    changed_.notify_all();
  }
}

}  // namespace mailroom::viz
