// SPDX-License-Identifier: GPL-2.0-only
// An ImGui context as all back ends want it: no files of ImGui's own, keys with GLFW's numbers, large draw lists.
#pragma once

struct ImGuiContext;

namespace mailroom::viz {

class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

 private:
  ImGuiContext* context_;
};

}  // namespace mailroom::viz
