// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/run_file_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sim/trace/new_file.hpp"
#include "sim/trace/row_buffer.hpp"
#include "sim/trace/row_insert.hpp"
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
// Several messages of ordinary size share a page; of a smaller page most would fill one each, to the half.
constexpr std::int64_t kPageBytes = 16384;
constexpr const char* kPages = "PRAGMA page_size = 16384";
// The write-ahead log is folded into the file when it has so many pages (16 MiB).
constexpr const char* kAutoCheckpoint = "PRAGMA wal_autocheckpoint = 1024";
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
constexpr int kLastBitIn = 7;  // of `flight`
// So many octets of rows wait for SQLite at most.
constexpr std::size_t kFlushBytes = 512 * 1024;

// So many events go in by one statement: half of what SQLite does for a row is per statement.
constexpr std::int64_t kEventsAtOnce = 32;
static_assert(kColumnCount <= RowBuffer::kMaxColumn);

}  // namespace

struct RunFileWriter::Implementation {
  fs::path path;
  Options options;
  sqlite::Database database;
  std::array<RowInsert, RowBuffer::kTables> inserts;  // by RowBuffer::Table
  RowInsert events;                                   // kEventsAtOnce of them
  RowBuffer rows;
  std::int64_t events_waiting = 0;  // in `rows`
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
  bool begin_row(RowBuffer::Table table, std::size_t octets);
  void end_row();
  void flush();
  void run(const RowInsert& insert);
  void fail(std::string_view doing);
  void commit();
  void maybe_commit();
  std::expected<void, FileError> finish();
  void make_plain();
};

bool RunFileWriter::Implementation::open_journal() {
  sqlite3_busy_timeout(database.get(), kBusyTimeoutMs);
  if (options.max_bytes > 0) {
    const std::string limit = fmt::format("PRAGMA max_page_count = {}", options.max_bytes / kPageBytes + 1);
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
  struct Into {
    const char* table;
    int columns;
  };
  constexpr std::array<Into, RowBuffer::kTables> kInto = {
      Into{"event", kColumnCount},
      {"flight (message, connection, link, from_host, to_host, first_bit_out_ns, last_bit_in_ns, bytes, "
       "drops)",
       9},
      {"content", 4},
      {"recipient", 2},
      {"frame", 2}};
  for (std::size_t i = 0; i < kInto.size(); ++i)
    if (!inserts[i].prepare(database.get(), kInto[i].table, kInto[i].columns, 1)) return false;
  return events.prepare(database.get(), kInto[0].table, kInto[0].columns, kEventsAtOnce);
}

// The right to write is held all the time, also between commits: so another program can tell that the run is
// live.
bool RunFileWriter::Implementation::begin() {
  in_transaction = sqlite::execute(database.get(), "BEGIN IMMEDIATE");
  return in_transaction;
}

// False: nothing may be written any more.
bool RunFileWriter::Implementation::begin_row(RowBuffer::Table table, std::size_t octets) {
  assert(!finished && "nothing is written after finish()");
  if (error) return false;
  rows.begin(table, octets);
  if (table == RowBuffer::Table::event) ++events_waiting;
  return true;
}

void RunFileWriter::Implementation::end_row() {
  rows.end();
  --rows_to_commit;
  if (rows.size_bytes() >= kFlushBytes) flush();
  if (--rows_to_look <= 0) maybe_commit();
}

// Gives SQLite the rows that wait.
void RunFileWriter::Implementation::flush() {
  if (rows.empty()) return;
  if (!error && !in_transaction && !begin()) fail("write to");
  std::int64_t bound = 0;  // of the rows of `events`
  for (RowBuffer::Reader reader(rows); !error && !reader.done();) {
    const RowBuffer::Table table = reader.table();
    const bool is_event = table == RowBuffer::Table::event;
    if (is_event && bound + events_waiting-- >= kEventsAtOnce) {
      events.bind(reader, bound);
      if (++bound < kEventsAtOnce) continue;
      bound = 0;
      run(events);
    } else {
      RowInsert& insert = inserts[static_cast<std::size_t>(table)];
      insert.bind(reader, 0);
      run(insert);
    }
  }
  events_waiting = 0;
  rows.clear();
}

void RunFileWriter::Implementation::run(const RowInsert& insert) {
  if (sqlite3_step(insert.statement()) != SQLITE_DONE) fail("write to");
  sqlite3_reset(insert.statement());
}

// Keeps what can be kept: all rows before the one that failed if the transaction still commits, else the last
// commit.
void RunFileWriter::Implementation::fail(std::string_view doing) {
  if (!error) error = sqlite::last_error(database.get(), path, doing);
  for (const RowInsert& insert : inserts) sqlite3_reset(insert.statement());
  sqlite3_reset(events.statement());
  if (sqlite3_get_autocommit(database.get()) == 0 && !sqlite::execute(database.get(), "COMMIT")) {
    sqlite::execute(database.get(), "ROLLBACK");
  }
  in_transaction = false;
}

void RunFileWriter::Implementation::commit() {
  last_commit = SteadyClock::now();
  rows_to_look = kRowsPerLook;
  rows_to_commit = kRowsPerCommit;
  flush();
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
  for (RowInsert& insert : inserts) insert.close();
  events.close();
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
  flush();
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
  // One thread writes: SQLite need not lock at every value of every row.
  auto database = sqlite::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
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
  const bool ready = sqlite::execute(handle, kPages) && sqlite::execute(handle, "BEGIN") &&
                     sqlite::execute(handle, schema::create().c_str()) && write_header(handle, header) &&
                     sqlite::execute(handle, "COMMIT") && implementation->open_journal() &&
                     implementation->prepare() && implementation->begin();
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
  if (!file.begin_row(RowBuffer::Table::event, event.text.size() + event.detail.size())) return;
  RowBuffer& rows = file.rows;
  const auto put_if = [&rows](Column column, std::int64_t value) {
    if (value != 0) rows.put(column, value);
  };
  rows.put(kId, id.value);
  rows.put(kTime, time_ns);
  rows.put(kKind, static_cast<int>(event.kind) + 1);
  put_if(kCause, cause.value);
  put_if(kBecause, event.because.value);
  put_if(kHost, event.host.value);
  put_if(kLink, event.link.value);
  put_if(kConnection, event.connection.value);
  put_if(kSession, event.session.value);
  put_if(kMessage, event.message.value);
  put_if(kCopy, event.copy.value);
  put_if(kParent, event.parent.value);
  put_if(kRecipient, event.recipient.value);
  put_if(kAttempt, event.attempt.value);
  put_if(kFault, event.fault.value);
  put_if(kContent, event.content.value);
  put_if(kCode, event.code);
  if (event.size) rows.put(kSize, *event.size);
  if (event.value) rows.put(kValue, *event.value);
  if (!event.text.empty()) rows.put_text(kText, event.text);
  if (!event.detail.empty()) rows.put_text(kDetail, event.detail);
  file.end_row();
}

void RunFileWriter::write(const Flight& flight) {
  Implementation& file = *implementation_;
  if (!file.begin_row(RowBuffer::Table::flight, 0)) return;
  int column = 0;
  for (const std::int64_t value :
       {flight.message.value, flight.connection.value, flight.link.value, flight.from.value, flight.to.value,
        flight.first_bit_out_ns, flight.last_bit_in_ns, flight.bytes, flight.drops}) {
    ++column;
    const bool never_arrived = column == kLastBitIn && value < 0;
    if (!never_arrived) file.rows.put(column, value);
  }
  file.end_row();
}

void RunFileWriter::write(const Content& content) {
  Implementation& file = *implementation_;
  if (!file.begin_row(RowBuffer::Table::content, content.sha256.size() + content.octets.size())) return;
  file.rows.put(1, content.id.value);
  file.rows.put_blob(2, {reinterpret_cast<const char*>(content.sha256.data()), content.sha256.size()});
  file.rows.put(3, std::ssize(content.octets));
  file.rows.put_blob(4, content.octets);
  file.end_row();
}

void RunFileWriter::write(RecipientId id, std::string_view forward_path) {
  Implementation& file = *implementation_;
  if (!file.begin_row(RowBuffer::Table::recipient, forward_path.size())) return;
  file.rows.put(1, id.value);
  file.rows.put_text(2, forward_path);
  file.end_row();
}

void RunFileWriter::write_frame(EventId frame, std::string_view octets) {
  Implementation& file = *implementation_;
  if (!file.begin_row(RowBuffer::Table::frame, octets.size())) return;
  file.rows.put(1, frame.value);
  file.rows.put_blob(2, octets);
  file.end_row();
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
