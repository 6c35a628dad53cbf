// SPDX-License-Identifier: GPL-2.0-only
// The other end by hand: an SMTP receiver that answers as a test says, and a client that sends octets as they
// are.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/agents/support/fake_network.hpp"

namespace mailroom::test {

// Listens on a host without an MTA. Each line, and "." for a whole message text, is answered by `answer`; an
// empty answer says nothing; one that begins with '!' closes after what follows it.
class ScriptedReceiver {
 public:
  using Answer = std::function<std::string(const std::string& line)>;

  ScriptedReceiver(FakeHost& host, Answer answer, std::string greeting = "220 scripted.test ready")
      : answer_(std::move(answer)), greeting_(std::move(greeting)) {
    listener_ = static_cast<net::Host&>(host).network().listen(
        25, [this](std::unique_ptr<net::Connection> connection) {
          sessions_.push_back(std::make_unique<Session>(*this, std::move(connection)));
        });
  }

  // What a receiver that agrees with all says.
  static std::string agree(const std::string& line) {
    if (line.starts_with("EHLO")) return "250-scripted.test\r\n250 ENHANCEDSTATUSCODES";
    if (line == "DATA") return "354 go on";
    if (line == "QUIT") return "!221 bye";
    return "250 2.0.0 OK";
  }

  std::vector<std::string> lines;     // all that came, of all connections
  std::vector<std::string> messages;  // texts, with their stuffed dots and without the lone one
  std::size_t connections() const { return sessions_.size(); }

 private:
  class Session final : public net::ConnectionUser {
   public:
    Session(ScriptedReceiver& owner, std::unique_ptr<net::Connection> connection)
        : owner_(owner), connection_(std::move(connection)) {
      connection_->set_user(*this);
      say(owner_.greeting_);
    }
    void on_octets(std::string_view octets) override {
      input_ += octets;
      while (!closed_ && take()) {
      }
    }
    void on_peer_finished() override {
      if (!closed_) connection_->finish();
      closed_ = true;
    }
    void on_ended(net::End) override { closed_ = true; }

   private:
    bool take() {
      const std::string_view mark = in_text_ ? "\r\n.\r\n" : "\r\n";
      const std::size_t end = input_.find(mark);
      if (end == std::string::npos) return false;
      std::string line = input_.substr(0, end);
      input_.erase(0, end + mark.size());
      if (std::exchange(in_text_, false)) {
        owner_.messages.push_back(line + "\r\n");
        line = ".";
      }
      owner_.lines.push_back(line);
      const std::string reply = owner_.answer_(line);
      in_text_ = line == "DATA" && reply.starts_with("354");
      say(reply);
      return true;
    }
    void say(std::string reply) {
      if (reply.empty()) return;
      const bool close = reply.front() == '!';
      if (close) reply.erase(0, 1);
      if (!reply.empty()) connection_->send(reply + "\r\n");
      if (close) connection_->finish();
      closed_ = close;
    }
    ScriptedReceiver& owner_;
    std::unique_ptr<net::Connection> connection_;
    std::string input_;
    bool in_text_ = false;
    bool closed_ = false;
  };

  Answer answer_;
  std::string greeting_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::unique_ptr<net::Listener> listener_;
};

// A connection from a host without an MTA; what comes back is kept.
class RawClient final : public net::ConnectionUser {
 public:
  RawClient(FakeHost& host, net::Endpoint remote) {
    connection_ = static_cast<net::Host&>(host).network().connect(remote, *this);
  }
  void say(std::string_view octets) { EXPECT_EQ(connection_->send(octets), octets.size()); }
  void finish() { connection_->finish(); }
  void abort() { connection_->abort(); }
  void on_octets(std::string_view octets) override { heard += octets; }
  void on_peer_finished() override { peer_finished = true; }
  void on_ended(net::End) override { ended = true; }

  std::string heard;
  bool peer_finished = false;
  bool ended = false;

 private:
  std::unique_ptr<net::Connection> connection_;
};

}  // namespace mailroom::test
