#include "comm/sparse/regions.hpp"

#include <algorithm>
#include <bit>

#include "comm/tags.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {

void Regions::cut_equally(int64_t length, int ranks) {
  for (int r = 0; r <= ranks; ++r) bounds_[r] = length / ranks * r + length % ranks * r / ranks;
}

void Regions::cut_at_mean_of_boundaries(Communicator& communicator,
                                        std::span<const int32_t> selected, int64_t length) {
  const int ranks = communicator.size();
  const auto count = static_cast<int64_t>(selected.size());
  // 64 bits, as P boundaries near 2^31 do not fit into 32; each in two halves, as sums are of
  // 32-bit counts.
  counts_.assign(2 * (ranks - 1), 0);
  const auto proposal = [&](int q) {
    // With fewer selections than ranks an equal cut of the space is as good as any.
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
                                          std::span<const int32_t> selected, int64_t length,
                                          int64_t bins, uint16_t number) {
  const int ranks = communicator.size();
  bins = std::clamp<int64_t>(bins, 1, std::max<int64_t>(length, 1));
  // Counts are halved until the sum over all ranks fits into 32 bits.
  const int bits = static_cast<int>(
      std::bit_width(static_cast<uint64_t>(length) * static_cast<uint64_t>(ranks)));
  const int shift = std::max(0, bits - 32);
  const auto sum_counts = [&] {
    count_in_cells(selected);
    counts_.clear();
    for (const Cell& cell : cells_) counts_.push_back(static_cast<uint32_t>(cell.count >> shift));
    counts_.push_back(number);
    sum(communicator, counts_, scratch_, region_tag);
    for (size_t i = 0; i < cells_.size(); ++i) cells_[i].count = counts_[i];
  };
  for (std::vector<Cell>* cells : {&cells_, &finer_}) make_room(*cells, 2 * bins);
  make_room(counts_, 2 * bins + 1);
  cells_.clear();
  for (int64_t i = 0; i < bins; ++i)
    cells_.push_back({length / bins * i + length % bins * i / bins, 0});
  sum_counts();

  int64_t total = 0;
  int64_t fullest = 0;
  for (const Cell& cell : cells_) {
    total += cell.count;
    fullest = std::max(fullest, cell.count);
  }
  if (fullest > total / (4 * ranks)) {
    // A cell gets as many parts as its share of the selections is worth.
    finer_.clear();
    for (size_t i = 0; i < cells_.size(); ++i) {
      const int64_t begin = cells_[i].begin;
      const int64_t width = (i + 1 < cells_.size() ? cells_[i + 1].begin : length) - begin;
      const int64_t parts = std::clamp<int64_t>(
          cells_[i].count * bins / std::max<int64_t>(total, 1), 1, std::max<int64_t>(width, 1));
      for (int64_t part = 0; part < parts; ++part)
        finer_.push_back({begin + width / parts * part + width % parts * part / parts, 0});
    }
    cells_.swap(finer_);
    sum_counts();
  }
  cut_at_quantiles(ranks, length);
  return counts_.back() / static_cast<uint32_t>(ranks);
}

void Regions::count_in_cells(std::span<const int32_t> selected) {
  size_t cell = 0;
  for (const int32_t index : selected) {
    while (cell + 1 < cells_.size() && cells_[cell + 1].begin <= index) ++cell;
    ++cells_[cell].count;
  }
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
    const int64_t target = total / ranks * q + total % ranks * q / ranks;
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
