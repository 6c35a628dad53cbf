// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/egl_screen.hpp"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include <algorithm>
#include <utility>

namespace mailroom::viz {
namespace {

constexpr const char* kAdvice = "; install libegl1 and libgl1-mesa-dri, or export to .svg, which needs no OpenGL";

EGLDisplay surfaceless_display() {
  const auto get =
      reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
  return get ? get(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr) : EGL_NO_DISPLAY;
}

}  // namespace

std::expected<std::unique_ptr<EglScreen>, std::string> EglScreen::create(Settings settings, int width_px,
                                                                        int height_px) {
  std::unique_ptr<EglScreen> screen(new EglScreen);
  screen->width_px_ = width_px;
  screen->height_px_ = height_px;
  const EGLDisplay display = surfaceless_display();
  if (display == EGL_NO_DISPLAY || !eglInitialize(display, nullptr, nullptr))
    return std::unexpected(std::string("There is no OpenGL without a window here (EGL, surfaceless)") + kAdvice);
  screen->display_ = display;
  constexpr EGLint kConfig[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8,
                                EGL_ALPHA_SIZE, 8, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  const EGLint surface_size[] = {EGL_WIDTH, width_px, EGL_HEIGHT, height_px, EGL_NONE};
  constexpr EGLint kVersion[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3,
                                 EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
  if (!eglBindAPI(EGL_OPENGL_API) || !eglChooseConfig(display, kConfig, &config, 1, &count) || count == 0)
    return std::unexpected(std::string("OpenGL has no picture of four octets a pixel here") + kAdvice);
  screen->surface_ = eglCreatePbufferSurface(display, config, surface_size);
  screen->gl_ = eglCreateContext(display, config, EGL_NO_CONTEXT, kVersion);
  if (screen->surface_ == EGL_NO_SURFACE || screen->gl_ == EGL_NO_CONTEXT ||
      !eglMakeCurrent(display, screen->surface_, screen->surface_, screen->gl_))
    return std::unexpected(std::string("OpenGL 3.3 is not to be had here for a picture of ") + std::to_string(width_px) +
                           " x " + std::to_string(height_px) + " pixels" + kAdvice);
  screen->context_ = std::make_unique<Context>();
  screen->app_ = std::make_unique<App>(std::move(settings));
  ImGui::GetIO().DisplaySize = {static_cast<float>(width_px), static_cast<float>(height_px)};
  screen->has_renderer_ = ImGui_ImplOpenGL3_Init("#version 330");
  if (!screen->has_renderer_) return std::unexpected(std::string("OpenGL cannot be used for drawing here") + kAdvice);
  return screen;
}

EglScreen::~EglScreen() {
  if (has_renderer_) ImGui_ImplOpenGL3_Shutdown();
  app_.reset();
  context_.reset();
  if (!display_) return;
  eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  if (gl_) eglDestroyContext(display_, gl_);
  if (surface_) eglDestroySurface(display_, surface_);
  eglTerminate(display_);
}

void EglScreen::frame(double wall_s) {
  if (app_->needs_dress()) {
    app_->dress();
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::GetIO().DeltaTime = wall_s > 1e-6 ? static_cast<float>(wall_s) : 1e-6f;
  ImGui::NewFrame();
  app_->frame(wall_s);
  ImGui::Render();
  glViewport(0, 0, width_px_, height_px_);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

std::vector<std::uint8_t> EglScreen::pixels() const {
  const auto row = static_cast<std::size_t>(width_px_) * 4;
  std::vector<std::uint8_t> upward(row * static_cast<std::size_t>(height_px_));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width_px_, height_px_, GL_RGBA, GL_UNSIGNED_BYTE, upward.data());
  // OpenGL's first row is the lowest. What shines through (alpha) is of no meaning here.
  std::vector<std::uint8_t> pixels(upward.size());
  for (std::size_t y = 0; y < static_cast<std::size_t>(height_px_); ++y)
    std::copy_n(upward.begin() + static_cast<std::ptrdiff_t>((static_cast<std::size_t>(height_px_) - 1 - y) * row), row,
                pixels.begin() + static_cast<std::ptrdiff_t>(y * row));
  for (std::size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
  return pixels;
}

}  // namespace mailroom::viz
