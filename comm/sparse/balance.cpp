#include "comm/sparse/balance.hpp"

#include <algorithm>
#include <numeric>

#include "comm/base/transfer.hpp"
#include "comm/sparse/tags.hpp"
#include "framework/base/equal_cut.hpp"
#include "framework/base/error.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {
double Balance::pairs_on_critical_path(std::span<const int64_t> counts) {
  const auto ranks = std::ssize(counts);
  offsets_.assign(2 * ranks + 1, 0);  // two rounds of the ranks
  for (int64_t i = 0; i < 2 * ranks; ++i) offsets_[i + 1] = offsets_[i] + counts[i % ranks];
  double path = 0;
  for (int64_t have = 1; have < ranks; have *= 2) {
    const int64_t blocks = std::min(have, ranks - have);
    int64_t most = 0;
    for (int64_t r = 0; r < ranks; ++r) most = std::max(most, offsets_[r + blocks] - offsets_[r]);
    path += static_cast<double>(most);
  }
  return path;
}

bool Balance::is_due(std::span<const int64_t> counts, double bytes_per_pair, const Link& link) {
  const auto ranks = static_cast<int>(std::ssize(counts));
  const int64_t total = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  if (total == 0 || ranks == 1) return false;
  // The fullest rank sends its surplus in one message per share; an empty rank receives from one or
  // two.
  const int64_t fullest = *std::max_element(counts.begin(), counts.end());
  const int64_t share = std::max<int64_t>(1, total / ranks);
  const double surplus = static_cast<double>(std::max<int64_t>(0, fullest - share));
  const auto messages = static_cast<double>(std::min<int64_t>(ranks - 1, fullest / share + 1));
  const double moving =
      messages * link.latency_s + link.occupied_s(static_cast<int64_t>(surplus * bytes_per_pair));
  const double even_path = static_cast<double>(total) * (ranks - 1) / ranks;
  const double path = pairs_on_critical_path(counts);
  const double saved = link.occupied_s(static_cast<int64_t>((path - even_path) * bytes_per_pair));
  const double noise = ranks;
  return saved > moving || path > 1.5 * even_path + noise;
}

bool Balance::exceeds_four_times_the_mean(std::span<const int64_t> counts) {
  const int64_t total = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  const int64_t fullest = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  return fullest * std::ssize(counts) > 4 * total;
}

void Balance::make_room_for(int64_t total, int ranks, ops::SparseVector& pairs) {
  // A list takes up to 8 bytes per pair, and its header; one rank may have all pairs.
  constexpr int64_t header = 16;
  make_room(outgoing_, 8 * total + header * ranks);
  make_room(ends_, ranks);
  make_room(sends_, ranks);
  const int64_t share = total / ranks + 1;
  make_room(arrived_, 8 * share + header);
  for (ops::SparseVector* list : {&mine_, &pairs}) {
    make_room(list->indices, share);
    make_room(list->values, share);
  }
}

void Balance::run(Communicator& communicator, std::span<const int64_t> counts,
                  const PairFormat& format, const Window& space, ops::SparseVector& pairs) {
  const int rank = communicator.rank();
  const int ranks = communicator.size();
  offsets_.assign(ranks + 1, 0);
  for (int r = 0; r < ranks; ++r) offsets_[r + 1] = offsets_[r] + counts[r];
  const int64_t total = offsets_[ranks];
  LACONIC_CHECK(counts[rank] == pairs.size());
  make_room_for(total, ranks, pairs);
  // Returns the part of rank `from`'s list that lies in rank `to`'s share, as positions in the
  // whole list.
  const auto overlap = [&](int from, int to) {
    const int64_t begin = std::max(offsets_[from], equal_cut_longer_first(total, ranks, to));
    const int64_t end = std::min(offsets_[from + 1], equal_cut_longer_first(total, ranks, to + 1));
    return std::pair(begin, std::max(begin, end));
  };
  const auto kept = [&](int to) {
    const auto [begin, end] = overlap(rank, to);
    return view(pairs).part(begin - offsets_[rank], end - offsets_[rank]);
  };

  // All blocks are written before the first is sent, since the buffer may move while it grows.
  outgoing_.clear();
  ends_.clear();
  for (int to = 0; to < ranks; ++to) {
    const auto [begin, end] = overlap(rank, to);
    if (to == rank || begin == end) continue;
    write_spanning_pairs(format, kept(to), outgoing_);
    ends_.emplace_back(to, std::ssize(outgoing_));
  }
  sends_.clear();
  int64_t sent = 0;
  for (const auto& [to, end] : ends_) {
    sends_.push_back(
        communicator.send(to, balance_tag, std::span(outgoing_).subspan(sent, end - sent)));
    sent = end;
  }
  mine_.clear();
  for (int from = 0; from < ranks; ++from) {
    const auto [begin, end] = overlap(from, rank);
    if (begin == end) continue;
    if (from == rank) {
      const PairView own = kept(rank);
      mine_.indices.insert(mine_.indices.end(), own.indices.begin(), own.indices.end());
      mine_.values.insert(mine_.values.end(), own.values.begin(), own.values.end());
      continue;
    }
    receive_whole(communicator, from, balance_tag, arrived_);
    read_spanning_pairs(format, arrived_, space, mine_);
  }
  for (const Request& request : sends_) communicator.wait(request);
  // Copied, not swapped, so that each list keeps its capacity.
  pairs.indices.assign(mine_.indices.begin(), mine_.indices.end());
  pairs.values.assign(mine_.values.begin(), mine_.values.end());
}

}  // namespace laconic::comm
