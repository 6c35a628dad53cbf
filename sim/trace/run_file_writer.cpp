// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/run_file_writer.hpp"

#include <fmt/format.h>

#include <cassert>
#include <string>
#include <thread>
#include <utility>

#include "sim/trace/new_file.hpp"
#include "sim/trace/run_file_header.hpp"
#include "sim/trace/schema.hpp"
#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {

namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

// SQLite waits so long for a reader that stands in the way (only where there is no WAL).
constexpr int kBusyTimeoutMs = 5000;
// The wall clock is looked at once in so many rows.
constexpr std::int64_t kRowsPerLook = 128;
// A disk that gets full costs what is not committed (SQLite rolls it all back), so that is never much.
constexpr std::int64_t kRowsPerCommit = 16 * kRowsPerLook;
// The write-ahead log is folded into the file when it has so many pages (16 MiB).
constexpr const char* kAutoCheckpoint = "PRAGMA wal_autocheckpoint = 4096";
// At the end the file is made a plain one as soon as no reader is in the middle of a read.
constexpr int kPlainFileTries = 400;
constexpr std::chrono::milliseconds kPlainFilePause{5};

// The columns of `event`, as parameter numbers.
enum Column : int {
  kId = 1,
  kTime,
  kKind,
  kCause,
  kBecause,
  kHost,
  kLink,
  kConnection,
  kSession,
  kMessage,
  kCopy,
  kParent,
  kRecipient,
  kAttempt,
  kFault,
  kContent,
  kCode,
  kSize,
  kValue,
  kText,
  kDetail
};
constexpr int kColumnCount = kDetail;

// Binds what is set and clears only what the row before had set.
class RowBinder {
 public:
  void start(sqlite3_stmt* statement) {
    statement_ = statement;
    now_ = 0;
  }
  void put(Column column, std::int64_t value) {
    sqlite3_bind_int64(statement_, column, value);
    now_ |= 1U << column;
  }
  void put_if(Column column, std::int64_t value) {
    if (value != 0) put(column, value);
  }
  void put_if(Column column, const std::optional<std::int64_t>& value) {
    if (value) put(column, *value);
  }
  void put_if(Column column, std::string_view text) {
    if (text.empty()) return;
    sqlite::bind(statement_, column, text);
    now_ |= 1U << column;
  }
  void finish() {
    std::uint32_t stale = before_ & ~now_;
    while (stale != 0) {
      sqlite3_bind_null(statement_, __builtin_ctz(stale));
      stale &= stale - 1;
    }
    before_ = now_;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  std::uint32_t before_ = 0;
  std::uint32_t now_ = 0;
};
static_assert(kColumnCount < 32);

}  // namespace

struct RunFileWriter::Implementation {
  fs::path path;
  Options options;
  sqlite::Database database;
  sqlite::Statement event, flight, content, recipient, frame;
  RowBinder binder;
  bool write_ahead = false;
  bool in_transaction = false;
  bool finished = false;
  std::int64_t rows_to_look = kRowsPerLook;
  std::int64_t rows_to_commit = kRowsPerCommit;  // only in WAL mode, where a commit is cheap
  SteadyClock::time_point last_commit = SteadyClock::now();
  std::optional<FileError> error;

  bool open_journal();
  bool prepare();
  bool begin();
  bool begin_row();
  void end_row(sqlite3_stmt* statement);
  void fail(std::string_view doing);
  void commit();
  void maybe_commit();
  std::expected<void, FileError> finish();
  void make_plain();
};

bool RunFileWriter::Implementation::open_journal() {
  sqlite3_busy_timeout(database.get(), kBusyTimeoutMs);
  if (options.max_bytes > 0) {
    const std::string limit = fmt::format("PRAGMA max_page_count = {}", options.max_bytes / 4096 + 1);
    if (!sqlite::execute(database.get(), limit.c_str())) return false;
  }
  // A crash of the program cannot harm the file; NORMAL spares it most harm from a crash of the machine.
  if (!sqlite::execute(database.get(), "PRAGMA synchronous = NORMAL")) return false;
  // Without WAL, readers get on until the commit, unless SQLite makes room in its memory before.
  if (!sqlite::execute(database.get(), "PRAGMA cache_spill = OFF")) return false;
  if (!options.write_ahead) return true;
  const auto mode = sqlite::prepare(database.get(), "PRAGMA journal_mode = WAL");
  // A file system without shared memory refuses, in one way or the other; then all goes on without WAL.
  write_ahead = mode && sqlite3_step(mode.get()) == SQLITE_ROW && sqlite::text(mode.get(), 0) == "wal";
  if (write_ahead) sqlite::execute(database.get(), kAutoCheckpoint);
  return true;
}

bool RunFileWriter::Implementation::prepare() {
  event =
      sqlite::prepare(database.get(), "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  flight = sqlite::prepare(database.get(), "INSERT INTO flight VALUES (NULL,?,?,?,?,?,?,?,?,?)");
  content = sqlite::prepare(database.get(), "INSERT INTO content VALUES (?,?,?,?)");
  recipient = sqlite::prepare(database.get(), "INSERT INTO recipient VALUES (?,?)");
  frame = sqlite::prepare(database.get(), "INSERT INTO frame VALUES (?,?)");
  return event && flight && content && recipient && frame;
}

// The right to write is held all the time, also between commits: so another program can tell that the run is
// live.
bool RunFileWriter::Implementation::begin() {
  in_transaction = sqlite::execute(database.get(), "BEGIN IMMEDIATE");
  return in_transaction;
}

// False: nothing may be written any more.
bool RunFileWriter::Implementation::begin_row() {
  assert(!finished && "nothing is written after finish()");
  if (error) return false;
  if (!in_transaction && !begin()) {
    fail("write to");
    return false;
  }
  return true;
}

void RunFileWriter::Implementation::end_row(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code != SQLITE_DONE) fail("write to");
  sqlite3_reset(statement);
  --rows_to_commit;
  if (--rows_to_look <= 0) maybe_commit();
}

// Keeps what can be kept: all rows before the one that failed if the transaction still commits, else the last
// commit.
void RunFileWriter::Implementation::fail(std::string_view doing) {
  if (!error) error = sqlite::last_error(database.get(), path, doing);
  for (sqlite3_stmt* statement : {event.get(), flight.get(), content.get(), recipient.get(), frame.get()}) {
    sqlite3_reset(statement);
  }
  if (sqlite3_get_autocommit(database.get()) == 0 && !sqlite::execute(database.get(), "COMMIT")) {
    sqlite::execute(database.get(), "ROLLBACK");
  }
  in_transaction = false;
}

void RunFileWriter::Implementation::commit() {
  last_commit = SteadyClock::now();
  rows_to_look = kRowsPerLook;
  rows_to_commit = kRowsPerCommit;
  if (!in_transaction || error) return;
  if (sqlite::execute(database.get(), "COMMIT")) {
    begin();  // or with the next row
  } else if ((sqlite3_errcode(database.get()) & 0xFF) != SQLITE_BUSY) {
    fail("write to");
  }
  // Busy: a reader held on too long; the transaction goes on and the next commit tries again.
}

void RunFileWriter::Implementation::maybe_commit() {
  rows_to_look = kRowsPerLook;
  const bool is_much = write_ahead && rows_to_commit <= 0;
  if (is_much || SteadyClock::now() - last_commit >= options.commit_every) commit();
}

// One file without companions, in rollback mode, if no reader keeps it from being so.
void RunFileWriter::Implementation::make_plain() {
  if (!write_ahead) return;
  event.reset(), flight.reset(), content.reset(), recipient.reset(), frame.reset();
  sqlite::execute(database.get(), "PRAGMA wal_checkpoint(TRUNCATE)");
  for (int i = 0; i < kPlainFileTries; ++i) {
    if (sqlite::execute(database.get(), "PRAGMA journal_mode = DELETE")) return;
    if ((sqlite3_errcode(database.get()) & 0xFF) != SQLITE_BUSY) return;
    std::this_thread::sleep_for(kPlainFilePause);
  }
}

std::expected<void, FileError> RunFileWriter::Implementation::finish() {
  if (finished) return error ? std::unexpected(*error) : std::expected<void, FileError>();
  finished = true;
  if (!error && in_transaction && !sqlite::execute(database.get(), "COMMIT")) fail("write to");
  if (!error) {
    const std::string end = fmt::format(
        "BEGIN IMMEDIATE; {} INSERT INTO meta VALUES ('complete', '1'); COMMIT", schema::kIndexes);
    if (!sqlite::execute(database.get(), end.c_str())) {
      error = sqlite::last_error(database.get(), path, "finish");
      sqlite::execute(database.get(), "ROLLBACK");
    }
  }
  make_plain();
  database.reset();
  return error ? std::unexpected(*error) : std::expected<void, FileError>();
}

RunFileWriter::RunFileWriter(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

RunFileWriter::~RunFileWriter() {
  (void)implementation_->finish();
}

std::expected<std::unique_ptr<RunFileWriter>, FileError> RunFileWriter::create(const fs::path& path,
                                                                               const RunHeader& header) {
  return create(path, header, Options());
}

std::expected<std::unique_ptr<RunFileWriter>, FileError> RunFileWriter::create(const fs::path& path,
                                                                               const RunHeader& header,
                                                                               const Options& options) {
  if (auto made = make_new_file(path, options.overwrite); !made)
    return std::unexpected(std::move(made.error()));
  auto database = sqlite::open(path, SQLITE_OPEN_READWRITE);
  if (!database) {
    remove_file_and_companions(path);
    return std::unexpected(std::move(database.error()));
  }
  auto implementation = std::make_unique<Implementation>();
  implementation->path = path;
  implementation->options = options;
  implementation->database = std::move(*database);

  // The header goes in before WAL comes on, so that the file alone is a readable run file from then on.
  sqlite3* const handle = implementation->database.get();
  const bool ready = sqlite::execute(handle, "BEGIN") && sqlite::execute(handle, schema::create().c_str()) &&
                     write_header(handle, header) && sqlite::execute(handle, "COMMIT") &&
                     implementation->open_journal() && implementation->prepare() && implementation->begin();
  if (!ready) {
    FileError error = sqlite::last_error(handle, path, "make");
    implementation->finished = true;
    implementation.reset();
    remove_file_and_companions(path);
    return std::unexpected(std::move(error));
  }
  return std::unique_ptr<RunFileWriter>(new RunFileWriter(std::move(implementation)));
}

void RunFileWriter::write(EventId id, std::int64_t time_ns, EventId cause, const Event& event) {
  Implementation& file = *implementation_;
  if (!file.begin_row()) return;
  RowBinder& row = file.binder;
  row.start(file.event.get());
  row.put(kId, id.value);
  row.put(kTime, time_ns);
  row.put(kKind, static_cast<int>(event.kind) + 1);
  row.put_if(kCause, cause.value);
  row.put_if(kBecause, event.because.value);
  row.put_if(kHost, event.host.value);
  row.put_if(kLink, event.link.value);
  row.put_if(kConnection, event.connection.value);
  row.put_if(kSession, event.session.value);
  row.put_if(kMessage, event.message.value);
  row.put_if(kCopy, event.copy.value);
  row.put_if(kParent, event.parent.value);
  row.put_if(kRecipient, event.recipient.value);
  row.put_if(kAttempt, event.attempt.value);
  row.put_if(kFault, event.fault.value);
  row.put_if(kContent, event.content.value);
  row.put_if(kCode, static_cast<std::int64_t>(event.code));
  row.put_if(kSize, event.size);
  row.put_if(kValue, event.value);
  row.put_if(kText, event.text);
  row.put_if(kDetail, event.detail);
  row.finish();
  file.end_row(file.event.get());
}

void RunFileWriter::write(const Flight& flight) {
  Implementation& file = *implementation_;
  if (!file.begin_row()) return;
  sqlite3_stmt* const row = file.flight.get();
  sqlite::bind(row, 1, flight.message.value);
  sqlite::bind(row, 2, flight.connection.value);
  sqlite::bind(row, 3, flight.link.value);
  sqlite::bind(row, 4, flight.from.value);
  sqlite::bind(row, 5, flight.to.value);
  sqlite::bind(row, 6, flight.first_bit_out_ns);
  if (flight.last_bit_in_ns < 0) {
    sqlite3_bind_null(row, 7);
  } else {
    sqlite::bind(row, 7, flight.last_bit_in_ns);
  }
  sqlite::bind(row, 8, flight.bytes);
  sqlite::bind(row, 9, flight.drops);
  file.end_row(row);
}

void RunFileWriter::write(const Content& content) {
  Implementation& file = *implementation_;
  if (!file.begin_row()) return;
  sqlite3_stmt* const row = file.content.get();
  sqlite::bind(row, 1, content.id.value);
  sqlite::bind_octets(row, 2, {reinterpret_cast<const char*>(content.sha256.data()), content.sha256.size()});
  sqlite::bind(row, 3, std::ssize(content.octets));
  sqlite::bind_octets(row, 4, content.octets);
  file.end_row(row);
}

void RunFileWriter::write(RecipientId id, std::string_view forward_path) {
  Implementation& file = *implementation_;
  if (!file.begin_row()) return;
  sqlite::bind(file.recipient.get(), 1, id.value);
  sqlite::bind(file.recipient.get(), 2, forward_path);
  file.end_row(file.recipient.get());
}

void RunFileWriter::write_frame(EventId frame, std::string_view octets) {
  Implementation& file = *implementation_;
  if (!file.begin_row()) return;
  sqlite::bind(file.frame.get(), 1, frame.value);
  sqlite::bind_octets(file.frame.get(), 2, octets);
  file.end_row(file.frame.get());
}

void RunFileWriter::maybe_commit() {
  implementation_->maybe_commit();
}
void RunFileWriter::commit() {
  implementation_->commit();
}
std::expected<void, FileError> RunFileWriter::finish() {
  return implementation_->finish();
}
const std::optional<FileError>& RunFileWriter::error() const {
  return implementation_->error;
}
bool RunFileWriter::write_ahead() const {
  return implementation_->write_ahead;
}

}  // namespace mailroom::trace
