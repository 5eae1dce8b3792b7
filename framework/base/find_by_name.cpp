#include "framework/base/find_by_name.hpp"

#include <fmt/ranges.h>

#include "framework/base/error.hpp"
#include "framework/base/suggest.hpp"

namespace laconic {

void fail_no_such_name(std::string_view list, std::string_view name,
                       std::span<const std::string> allowed) {
  fail(ExitCode::config, "{}: there is no '{}'; allowed: {}{}", list, name,
       fmt::join(allowed, ", "), did_you_mean(nearest_names(name, allowed, 1)));
}

}  // namespace laconic
