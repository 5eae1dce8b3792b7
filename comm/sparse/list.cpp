#include "comm/sparse/list.hpp"

#include <array>

namespace laconic::comm {

AllreduceEntry oktopk(), topka(), topkdsa(), gtopk(), gaussiank(), spardl();

std::span<const AllreduceEntry> sparse_list() {
  static const std::array list{
      oktopk(), topka(), topkdsa(), gtopk(), gaussiank(), spardl(),
  };
  return list;
}

}  // namespace laconic::comm
