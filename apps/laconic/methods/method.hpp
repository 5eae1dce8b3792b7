// How a problem is trained. A method owns its run; adding one = a file and a line in list.cpp.
#pragma once

#include <span>

namespace laconic {

class Session;

struct Method {
  const char* name;
  const char* help;
  void (*run)(Session& session);
};

std::span<const Method> methods();
const Method& find_method(const char* name);

}  // namespace laconic
