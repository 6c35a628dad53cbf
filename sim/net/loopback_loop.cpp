// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace mailroom::net {

struct LoopbackLoop::Implementation {
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};  // one thread: no locks
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
  boost::asio::steady_timer alarm{context};
};

LoopbackLoop::LoopbackLoop() : implementation_(std::make_unique<Implementation>()) {}

LoopbackLoop::~LoopbackLoop() = default;

void LoopbackLoop::run_for(std::int64_t wall_ns) {
  Implementation& own = *implementation_;
  own.alarm.expires_after(std::chrono::nanoseconds(wall_ns));
  own.alarm.async_wait([&own](const boost::system::error_code& error) {
    if (!error) own.context.stop();
  });
  own.context.restart();
  own.context.run();
}

void LoopbackLoop::stop() {
  implementation_->context.stop();
}

boost::asio::io_context& LoopbackLoop::context() {
  return implementation_->context;
}

}  // namespace mailroom::net
