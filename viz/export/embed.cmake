# SPDX-License-Identifier: GPL-2.0-only
# Turns files into constants of C++: cmake -DOUT=web_files.cpp -DPAGE=page.html -DSTYLE=style.css
# -DSCRIPTS=a.js,b.js -P embed.cmake. In pieces, because a compiler takes literals of 64 KiB only.
function(literal name files out)
  set(text "")
  foreach(file IN LISTS files)
    file(READ ${file} one)
    string(APPEND text "${one}")
  endforeach()
  string(LENGTH "${text}" length)
  set(code "constexpr char k${name}Text[] =")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND code "\n    R\"web~(${piece})web~\"")
    math(EXPR at "${at} + 8000")
  endwhile()
  set(${out} "${code};\n" PARENT_SCOPE)
endfunction()

string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
literal(Page "${PAGE}" page)
literal(Style "${STYLE}" style)
literal(Script "${SCRIPTS}" script)
file(WRITE ${OUT} "// Made by embed.cmake.
#include \"viz/export/web_files.hpp\"

namespace mailroom::viz::web {
namespace {
${page}${style}${script}}  // namespace
const std::string_view kPage{kPageText, sizeof kPageText - 1};
const std::string_view kStyle{kStyleText, sizeof kStyleText - 1};
const std::string_view kScript{kScriptText, sizeof kScriptText - 1};
}  // namespace mailroom::viz::web
")
