// The tags of messages that sparse allreduces send beside pairs.
#pragma once

#include "comm/base/tags.hpp"

namespace laconic::comm {

inline constexpr Tag region_tag{7, "region"};
inline constexpr Tag select_tag{8, "select"};
inline constexpr Tag balance_tag{9, "balance"};
inline constexpr Tag count_tag{10, "count"};

}  // namespace laconic::comm
