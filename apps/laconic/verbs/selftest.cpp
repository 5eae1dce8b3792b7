#include <cstdio>

#include "apps/laconic/verbs/verb.hpp"

namespace laconic {
}  // namespace laconic
