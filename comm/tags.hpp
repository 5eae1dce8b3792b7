// The tags of laconic's own messages. Operations follow each other in the same order on all ranks
// and messages of one tag keep their order, so one tag a purpose is enough; a wrong pairing shows
// as a wrong tag or length. A tag is thereby also the phase that a message belongs to: traffic is
// counted by it and errors name it.
#pragma once

#include <string>

namespace laconic::comm {

enum Tag : int {
  agreement_tag = 1,
  broadcast_tag,
  length_tag,
  text_tag,
  reduce_tag,
  gather_tag,
  region_tag,
  select_tag,
  balance_tag,
  count_tag,
};

// Places to keep something by tag: place 0 is that of all tags without a name.
inline constexpr int tag_places = count_tag + 1;
constexpr int tag_place(int tag) {
  return tag > 0 && tag < tag_places ? tag : 0;
}

// "reduce"; of a tag without a name its number.
std::string tag_name(int tag);

}  // namespace laconic::comm
