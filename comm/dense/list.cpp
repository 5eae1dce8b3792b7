#include "comm/dense/list.hpp"

#include <array>

namespace laconic::comm {

AllreduceEntry dense(), ring(), recursive_doubling(), rabenseifner(), circulant(), vendor(), ref();

// Among allreduces that are about equally fast, `dense` chooses the first. The ring comes first: it
// works in place, sends to one peer and receives from one other. The prediction includes neither
// advantage. The circulant comes last, since it copies.
std::span<const AllreduceEntry> dense_list() {
  static const std::array list{
      dense(), ring(), recursive_doubling(), rabenseifner(), circulant(), vendor(), ref(),
  };
  return list;
}

}  // namespace laconic::comm
