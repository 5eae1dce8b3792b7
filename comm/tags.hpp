// The tags of laconic's own messages. Operations follow each other in the same order on all ranks
// and messages of one tag keep their order, so one tag a purpose is enough; a wrong pairing shows
// as a wrong tag or length.
#pragma once

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

}  // namespace laconic::comm
