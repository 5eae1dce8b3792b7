# cmake -D SOURCE=<folder> -D VERSION=<number> -D OUTPUT=<file> -P version.cmake: writes the definitions of
# apps/laconic/version.hpp. OUTPUT is touched only if its content changes.
find_package(Git QUIET)
set(git)
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${SOURCE} describe --always --dirty
    OUTPUT_VARIABLE git OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT git)
  set(git "unknown")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "apps/laconic/version.hpp"

namespace laconic::version {
const char* const number = "@VERSION@";
const char* const git = "@git@";
}  // namespace laconic::version
]])
