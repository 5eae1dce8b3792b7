// The methods of this executable. A new one is one file beside this one, and one line in the list.
#include <array>

#include "apps/laconic/run/method.hpp"

namespace laconic {

Method data_parallel(), local_steps(), ist(), sasg(), global_steps(), chain();

std::span<const Method> methods() {
  static const std::array all{data_parallel(), local_steps(), ist(), sasg(), global_steps(), chain()};
  return all;
}

}  // namespace laconic
