// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/context.hpp"

#include <imgui.h>

#include "viz/app/keys.hpp"

namespace mailroom::viz {

Context::Context() : context_(ImGui::CreateContext()) {
  ImGui::SetCurrentContext(context_);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavNoCaptureKeyboard;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  map_keys();
}

Context::~Context() {
  ImGui::DestroyContext(context_);
}

}  // namespace mailroom::viz
