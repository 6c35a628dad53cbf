// SPDX-License-Identifier: GPL-2.0-only
// Writes a run file under its final name while others read it: a SQLite database in WAL mode with a commit
// every 100 ms of wall time, turned into a single plain file by finish(). Where the file system refuses WAL,
// a rollback journal does.
//
// Order of calls: create(); the recorder writes through the Sink methods; maybe_commit() wherever the program
// waits; finish(). The destructor finishes too, if nobody did. A writer that failed (a full disk) keeps what
// was committed, takes no more, and says so in error(): ask it now and then.
//
// Owns the database connection. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>

#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

class RunFileWriter final : public Sink {
 public:
  struct Options {
    bool overwrite = false;      // replace an older run file; never anything else
    std::int64_t max_bytes = 0;  // the file grows no further: as if the disk were full; 0: no limit
    bool write_ahead = true;     // try WAL
    std::chrono::milliseconds commit_every{100};
  };

  // Makes the file with the header in it, committed. Errors: exists, in_use, no_access, disk_full, io; then
  // there is no new file.
  static std::expected<std::unique_ptr<RunFileWriter>, FileError> create(const std::filesystem::path& path,
                                                                         const RunHeader& header,
                                                                         const Options& options);
  static std::expected<std::unique_ptr<RunFileWriter>, FileError> create(const std::filesystem::path& path,
                                                                         const RunHeader& header);
  ~RunFileWriter() override;

  void write(EventId id, std::int64_t time_ns, EventId cause, const Event& event) override;
  void write(const Flight& flight) override;
  void write(const Content& content) override;
  void write(RecipientId id, std::string_view forward_path) override;
  void write_frame(EventId frame, std::string_view octets) override;

  // Commits what was written, if the last commit is commit_every ago or much was written since. Cheap: one
  // look at the wall clock.
  void maybe_commit();
  // Commits now: others see all that was written.
  void commit();
  // Commits, makes the indexes, and turns the file into one plain file that is marked complete. Nothing can
  // be written afterwards. The first error of the writer's life, if there was one: then the file has what was
  // committed and is not marked complete.
  std::expected<void, FileError> finish();

  const std::optional<FileError>& error() const;
  // Whether readers get on without waiting (WAL), for messages to people.
  bool write_ahead() const;

 private:
  struct Implementation;
  explicit RunFileWriter(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mailroom::trace
