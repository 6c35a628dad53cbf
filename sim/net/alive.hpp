// SPDX-License-Identifier: GPL-2.0-only
// For answers that may come after the one who asked is gone: a member of the one who asks, and a look at whether it
// still is there, for the callback to take along.
#pragma once

#include <memory>

namespace mailroom::net {

class Alive {
 public:
  // To be called when the answer comes: `self`, whose member this is, or nullptr if it has been destroyed.
  template <class Self>
  auto watch(Self* self) {
    if (!token_) token_ = std::make_shared<char>();
    return [self, token = std::weak_ptr<char>(token_)] { return token.expired() ? nullptr : self; };
  }

 private:
  std::shared_ptr<char> token_;
};

}  // namespace mailroom::net
