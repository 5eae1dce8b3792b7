#include "comm/sparse/regions.hpp"

#include <algorithm>
#include <bit>

#include "comm/sparse/tags.hpp"
#include "framework/base/equal_cut.hpp"
#include "framework/base/error.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {

void Regions::cut_equally(int64_t length, int ranks) {
  for (int r = 0; r <= ranks; ++r) bounds_[r] = equal_cut(length, ranks, r);
}

void Regions::cut_at_mean_of_boundaries(Communicator& communicator,
                                        std::span<const int32_t> selected, int64_t length) {
  const int ranks = communicator.size();
  const auto count = static_cast<int64_t>(selected.size());
  // The sum of P boundaries near 2^31 needs 64 bits. Sums are of 32-bit counts, so each boundary is
  // sent in two halves.
  counts_.assign(2 * (ranks - 1), 0);
  const auto proposal = [&](int q) {
    // With fewer selections than ranks, cut the space equally.
    return count < ranks ? length / ranks * q : int64_t{selected[count / ranks * q]};
  };
  for (int q = 1; q < ranks; ++q) {
    counts_[2 * q - 2] = static_cast<uint32_t>(proposal(q) & 0xffff);
    counts_[2 * q - 1] = static_cast<uint32_t>(proposal(q) >> 16);
  }
  sum(communicator, counts_, scratch_, region_tag);
  bounds_[0] = 0;
  bounds_[ranks] = length;
  for (int q = 1; q < ranks; ++q)
    bounds_[q] = ((int64_t{counts_[2 * q - 1]} << 16) + counts_[2 * q - 2]) / ranks;
}

uint32_t Regions::cut_at_merged_quantiles(Communicator& communicator,
                                          std::span<const int32_t> selected, int64_t most,
                                          int64_t length, int64_t bins, uint16_t number) {
  const int ranks = communicator.size();
  LACONIC_CHECK(std::ssize(selected) <= most);
  bins = std::clamp<int64_t>(bins, 1, std::max<int64_t>(length, 1));
  for (std::vector<Cell>* cells : {&cells_, &finer_}) make_room(*cells, 4 * bins + 4 * ranks);
  make_room(counts_, 4 * bins + 4 * ranks);
  // Counts are halved until the sum over all ranks fits into 32 bits, whatever the rounding.
  const int bits =
      static_cast<int>(std::bit_width(static_cast<uint64_t>(most) * static_cast<uint64_t>(ranks)));
  const int shift = std::max(0, bits - 31);

  cells_.clear();
  for (int64_t i = 0; i < bins; ++i) cells_.push_back({equal_cut(length, bins, i), unknown});
  const uint32_t numbers = count_cells(communicator, selected, shift, number);
  int64_t total = 0;
  for (const Cell& cell : cells_) total += cell.count;
  constexpr int refinements = 2;
  for (int round = 0; round < refinements && split_full_cells(total, ranks, length); ++round)
    count_cells(communicator, selected, shift, 0);
  cut_at_quantiles(ranks, length);
  return numbers / static_cast<uint32_t>(ranks);
}

// Sums the counts of cells whose count is unknown over the ranks, and `number` with them.
uint32_t Regions::count_cells(Communicator& communicator, std::span<const int32_t> selected,
                              int shift, uint16_t number) {
  // Ranks round differently: if all rounded down, cells in which each rank has one selection would
  // count as empty. There are more ranks than 2^shift, since no rank selects 2^31.
  const uint32_t rounding = static_cast<uint32_t>(communicator.rank()) & ((1u << shift) - 1);
  counts_.clear();
  size_t next = 0;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const int64_t end = i + 1 < cells_.size() ? cells_[i + 1].begin : int64_t{1} << 32;
    uint32_t count = 0;
    for (; next < selected.size() && selected[next] < end; ++next) ++count;
    if (cells_[i].count == unknown) counts_.push_back((count + rounding) >> shift);
  }
  counts_.push_back(number);
  sum(communicator, counts_, scratch_, region_tag);
  size_t known = 0;
  for (Cell& cell : cells_)
    if (cell.count == unknown) cell.count = counts_[known++];
  return counts_.back();
}

// Splits cells with more than a region's share into cells of about half a share, whose counts are
// unknown. Returns false if there are none.
bool Regions::split_full_cells(int64_t total, int ranks, int64_t length) {
  finer_.clear();
  bool any = false;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const Cell& cell = cells_[i];
    const int64_t width = (i + 1 < cells_.size() ? cells_[i + 1].begin : length) - cell.begin;
    const int64_t parts = std::min(2 * cell.count * ranks / std::max<int64_t>(total, 1) + 1, width);
    if (cell.count * ranks <= total || parts < 2) {
      finer_.push_back(cell);
      continue;
    }
    any = true;
    for (int64_t part = 0; part < parts; ++part)
      finer_.push_back({cell.begin + equal_cut(width, parts, part), unknown});
  }
  cells_.swap(finer_);
  return any;
}

void Regions::cut_at_quantiles(int ranks, int64_t length) {
  int64_t total = 0;
  for (const Cell& cell : cells_) total += cell.count;
  bounds_[0] = 0;
  bounds_[ranks] = length;
  if (total == 0) return cut_equally(length, ranks);
  size_t cell = 0;
  int64_t before = 0;  // selections in the cells before
  for (int q = 1; q < ranks; ++q) {
    const int64_t target = equal_cut(total, ranks, q);
    while (before + cells_[cell].count < target) before += cells_[cell++].count;
    const int64_t begin = cells_[cell].begin;
    const int64_t width = (cell + 1 < cells_.size() ? cells_[cell + 1].begin : length) - begin;
    const double share = cells_[cell].count == 0 ? 0.0
                                                 : static_cast<double>(target - before) /
                                                       static_cast<double>(cells_[cell].count);
    bounds_[q] =
        std::max(bounds_[q - 1], begin + static_cast<int64_t>(share * static_cast<double>(width)));
  }
}

}  // namespace laconic::comm
