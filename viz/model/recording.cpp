// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/recording.hpp"

#include <utility>

namespace mailroom::viz {

Recording::Result<std::unique_ptr<Recording>> Recording::open(const std::filesystem::path& path) {
  auto replay = trace::Replay::open(path);
  if (!replay) return std::unexpected(std::move(replay.error()));
  std::unique_ptr<Recording> recording(new Recording(path, std::move(*replay)));
  const auto complete = recording->reader().complete();
  if (!complete) return std::unexpected(complete.error());
  recording->is_complete_ = *complete;
  return recording;
}

Recording::Result<bool> Recording::refresh() {
  if (is_complete_) return false;
  auto news = replay_.refresh();
  if (!news) return news;
  const auto complete = reader().complete();
  if (!complete) return std::unexpected(complete.error());
  const bool ended = *complete && !is_complete_;
  is_complete_ = *complete;
  return *news || ended;
}

}  // namespace mailroom::viz
