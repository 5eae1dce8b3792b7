// A tag is the purpose of a message. All ranks run the same operations in the same order, and
// messages of one tag keep their order. So one tag per purpose is enough, and a wrong pairing
// causes a wrong tag or length. Traffic is counted by tag, and errors name the tag. Each sender
// defines its own tags:
//   inline constexpr Tag weights_tag{16, "weights"};
// Numbers 1 to 15 belong to comm (here and in comm/sparse/tags.hpp), 16 to 31 to the method of the
// run. Larger ones, up to 32767, are counted together.
#pragma once

#include <string>

namespace laconic::comm {

struct Tag {
  constexpr Tag(int n, const char* text = nullptr) : number(n), name(text) {}

  std::string text() const { return name != nullptr ? name : std::to_string(number); }
  friend constexpr bool operator==(Tag a, Tag b) { return a.number == b.number; }

  int number;
  const char* name;  // a literal; null: no name
};

inline constexpr Tag agreement_tag{1, "agreement"};
inline constexpr Tag broadcast_tag{2, "broadcast"};
inline constexpr Tag length_tag{3, "length"};
inline constexpr Tag text_tag{4, "text"};
inline constexpr Tag reduce_tag{5, "reduce"};
inline constexpr Tag gather_tag{6, "gather"};
inline constexpr Tag all_to_all_tag{11, "all_to_all"};

}  // namespace laconic::comm
