// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/window.hpp"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <fstream>
#include <system_error>

#include "viz/app/context.hpp"

namespace mailroom::viz {
namespace {

// ImGui needs a few frames after an input until all that follows from it is drawn.
constexpr int kSettlingFrames = 3;

struct Glfw {
  bool is_up = glfwInit() == GLFW_TRUE;
  ~Glfw() {
    if (is_up) glfwTerminate();
  }
};

// What keys do, until a frame has seen it: ImGui 1.86 looks at which keys are down, so of a key that goes down and up
// between two frames it would see nothing.
struct KeyStroke {
  bool is_letter = false;
  unsigned letter = 0;
  int key = 0;
  int scancode = 0;
  int action = 0;
  int modifiers = 0;
};

// GLFW's callbacks have no place of their own for these.
int frames_wanted = kSettlingFrames;
std::deque<KeyStroke> strokes;

void wake(GLFWwindow*) {
  frames_wanted = kSettlingFrames;
}

// Hands on what one frame can tell apart: what goes down stays down for a frame, and its Ctrl and Shift with it.
void hand_on_strokes(GLFWwindow* window) {
  bool has_press = false;
  while (!strokes.empty()) {
    const KeyStroke stroke = strokes.front();
    if (!stroke.is_letter && stroke.action == GLFW_RELEASE && has_press) break;
    strokes.pop_front();
    if (stroke.is_letter) {
      ImGui_ImplGlfw_CharCallback(window, stroke.letter);
      continue;
    }
    has_press = has_press || stroke.action != GLFW_RELEASE;
    ImGui_ImplGlfw_KeyCallback(window, stroke.key, stroke.scancode, stroke.action, stroke.modifiers);
  }
  if (!strokes.empty()) wake(window);
}

void write_registry(const Registry& registry, const std::filesystem::path& path) {
  const std::filesystem::path fresh = path.string() + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    for (const auto& [name, item] : registry.items())
      file << fmt::format("{}\t{:.0f}\t{:.0f}\t{:.0f}\t{:.0f}\t{}\t{}\t{}\n", name, item.visible.left, item.visible.top,
                          item.visible.right, item.visible.bottom, item.is_on ? 1 : 0, item.is_enabled ? 1 : 0,
                          printable(item.label));
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
}

void paint(GLFWwindow* window, App& app, double wall_s) {
  if (app.needs_dress()) {
    app.dress();
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  hand_on_strokes(window);
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
  app.frame(wall_s);
  ImGui::Render();
  int width = 0;
  int height = 0;
  glfwGetFramebufferSize(window, &width, &height);
  glViewport(0, 0, width, height);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glfwSwapBuffers(window);
}

void listen(GLFWwindow* window) {
  glfwSetWindowRefreshCallback(window, wake);
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { wake(w); });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int focused) {
    ImGui_ImplGlfw_WindowFocusCallback(w, focused);
    wake(w);
  });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    ImGui_ImplGlfw_CursorEnterCallback(w, entered);
    wake(w);
  });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { wake(w); });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int modifiers) {
    ImGui_ImplGlfw_MouseButtonCallback(w, button, action, modifiers);
    wake(w);
  });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double right, double down) {
    ImGui_ImplGlfw_ScrollCallback(w, right, down);
    wake(w);
  });
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int scancode, int action, int modifiers) {
    if (key < 0) return;  // one that GLFW has no name for
    strokes.push_back({.key = key, .scancode = scancode, .action = action, .modifiers = modifiers});
    wake(w);
  });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned letter) {
    strokes.push_back({.is_letter = true, .letter = letter});
    wake(w);
  });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    if (count > 0) static_cast<App*>(glfwGetWindowUserPointer(w))->desk().open(paths[0]);
    wake(w);
  });
}

void loop(GLFWwindow* window, App& app, const WindowOptions& options) {
  double last_s = glfwGetTime();
  while (!glfwWindowShouldClose(window) && !app.wants_to_quit()) {
    const double rest_s = app.next_frame_s();
    if (frames_wanted > 0 || rest_s <= 0) {
      glfwPollEvents();
    } else if (rest_s < 1e8) {
      glfwWaitEventsTimeout(rest_s);
    } else {
      glfwWaitEvents();
    }
    if (frames_wanted > 0) --frames_wanted;
    const double now_s = glfwGetTime();
    paint(window, app, now_s - last_s);
    last_s = now_s;
    if (!options.registry.empty()) write_registry(app.desk().ui.registry, options.registry);
  }
}

}  // namespace

int show_window(const WindowOptions& options) {
  const Glfw glfw;
  if (!glfw.is_up) {
    std::fputs("mailroom-view: there is no screen to open a window on (is DISPLAY set?); "
               "pictures can be made without one: mailroom view RUN --render picture.png\n",
               stderr);
    return 2;
  }
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  GLFWwindow* window = glfwCreateWindow(options.width_px, options.height_px, "Mailroom", nullptr, nullptr);
  if (!window) {
    std::fputs("mailroom-view: no window with OpenGL 3.3 can be opened here; install libgl1-mesa-dri\n", stderr);
    return 2;
  }
  glfwMakeContextCurrent(window);
  glfwSwapInterval(1);
  {
    float scale_x = 1;
    float scale_y = 1;
    glfwGetWindowContentScale(window, &scale_x, &scale_y);
    const Context context;
    App app(Settings::load(options.settings), std::max(scale_x, scale_y));
    glfwSetWindowUserPointer(window, &app);
    listen(window);
    ImGui_ImplGlfw_InitForOpenGL(window, false);
    ImGui_ImplOpenGL3_Init("#version 330");
    app.desk().ui.registry.set_on(!options.registry.empty());
    if (options.begin) options.begin(app);
    loop(window, app, options);
    if (const auto problem = app.finish()) fmt::print(stderr, "mailroom-view: {}\n", *problem);
    app.desk().settings.layout = app.desk().view().layout;
    if (!options.settings.empty() && !app.desk().settings.save(options.settings))
      fmt::print(stderr, "mailroom-view: your settings could not be kept in {}\n", options.settings.string());
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
  }
  glfwDestroyWindow(window);
  return 0;
}

}  // namespace mailroom::viz
