#include "comm/tags.hpp"

#include <iterator>

namespace laconic::comm {

std::string tag_name(int tag) {
  static constexpr const char* names[] = {"",       "agreement", "broadcast", "length",
                                          "text",   "reduce",    "gather",    "region",
                                          "select", "balance",   "count"};
  static_assert(std::size(names) == tag_places);
  return tag_place(tag) == 0 ? std::to_string(tag) : names[tag];
}

}  // namespace laconic::comm
