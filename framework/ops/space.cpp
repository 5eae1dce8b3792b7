#include "framework/ops/space.hpp"

#include <charconv>

#include "framework/base/error.hpp"

namespace laconic::ops {

std::string to_text(const Space& space) {
  return space.is_pixels() ? "pixels/" + std::to_string(space.stride) : "rows";
}

Space space_from(const std::string& text) {
  if (text == "rows") return {};
  const std::string prefix = "pixels/";
  if (text.starts_with(prefix)) {
    int64_t stride = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + prefix.size(), end, stride);
    if (error == std::errc() && at == end && stride >= 1 && stride <= 1 << 20)
      return Space::pixels(stride);
  }
  fail(ExitCode::config, "'{}' is no space; allowed are rows, and pixels/ with a stride from 1 on",
       text);
}

}  // namespace laconic::ops
