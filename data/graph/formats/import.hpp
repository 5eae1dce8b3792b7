// Graphs that other programs wrote, read where they lie (data/import/).
#pragma once

#include "data/graph/file_source.hpp"

namespace laconic::data {

struct ImportSource final : FileSource {
 private:
  Graph make(int64_t seed) const override;
};

}  // namespace laconic::data
