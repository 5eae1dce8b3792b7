// A message from rank a to rank b contains, for each site i of a and each site j of b in ascending
// order, the elements that i holds before and j holds after: parameter by parameter, of each array,
// row by row. Both ends derive this order from the plan.
#include "apps/laconic/learn/slice_exchange.hpp"

#include <algorithm>
#include <numeric>

#include "framework/base/room.hpp"

namespace laconic {
namespace {

using graph::Division;

// Writes the positions in `mine` of the elements that `other` has, too. Both are ascending.
void positions_in_both(std::span<const int32_t> mine, std::span<const int32_t> other,
                       std::vector<int32_t>& positions) {
  positions.clear();
  size_t j = 0;
  for (size_t i = 0; i < mine.size() && j < other.size(); ++i) {
    while (j < other.size() && other[j] < mine[i]) ++j;
    if (j < other.size() && other[j] == mine[i]) positions.push_back(static_cast<int32_t>(i));
  }
}

}  // namespace

SliceExchange::SliceExchange(comm::Exchange& exchange, const graph::SlicePlan& plan,
                             const Hosted& hosted, PhaseTimer& timer)
    : exchange_(exchange),
      plan_(plan),
      hosted_(hosted),
      timer_(timer),
      copy_(timer.declare("slices", PhaseKind::work)),
      exposed_(timer.declare("exchange_exposed", PhaseKind::wait)),
      job_(hosted.ranks) {}

void SliceExchange::Common::find(const graph::Slice& mine, const graph::Slice& other) {
  positions_in_both(mine.rows, other.rows, rows);
  positions_in_both(mine.cols, other.cols, cols);
}

void SliceExchange::Messages::clear(int ranks) {
  ends.assign(ranks, 0);
  at.assign(ranks, 0);
}

void SliceExchange::Messages::place() {
  std::inclusive_scan(at.begin(), at.end(), ends.begin());
  for (size_t rank = 0; rank < at.size(); ++rank) at[rank] = ends[rank] - at[rank];
  make_room(elements, ends.back());
  elements.resize(ends.back());
}

std::span<float> SliceExchange::Messages::of(int rank) {
  const int64_t begin = rank == 0 ? 0 : ends[rank - 1];
  return std::span(elements).subspan(begin, ends[rank] - begin);
}

// Calls visit(p) for each parameter p of which both sites hold elements, with common_ set.
template <class Visit>
void SliceExchange::each(Division mine, int site, Division other, int other_site, Visit visit) {
  for (int64_t p = 0; p < plan_.parameters(); ++p) {
    common_.find(plan_.slice(mine, site, p), plan_.slice(other, other_site, p));
    if (!common_.rows.empty() && !common_.cols.empty()) visit(p);
  }
}

void SliceExchange::measure(const SliceArrays& from, const SliceArrays& to) {
  arrays_ = std::min(from.count, to.count);
  outgoing_.clear(hosted_.ranks);
  incoming_.clear(hosted_.ranks);
  for (int i = 0; i < hosted_.sites; ++i)
    for (int j = 0; j < hosted_.sites; ++j) {
      if (!hosted_.has(i) && !hosted_.has(j)) continue;
      int64_t elements = 0;
      each(from.division, i, to.division, j, [&](int64_t) {
        elements +=
            static_cast<int64_t>(arrays_) * std::ssize(common_.rows) * std::ssize(common_.cols);
      });
      if (hosted_.has(i)) outgoing_.at[hosted_.host(j)] += elements;
      if (hosted_.has(j) && !hosted_.has(i)) incoming_.at[hosted_.host(i)] += elements;
    }
  outgoing_.place();
  incoming_.place();
}

void SliceExchange::pack(const SliceArrays& from, const SliceArrays& to) {
  for (int i = hosted_.rank; i < hosted_.sites; i += hosted_.ranks)
    for (int j = 0; j < hosted_.sites; ++j)
      each(from.division, i, to.division, j, [&](int64_t p) {
        const int64_t width = std::ssize(plan_.slice(from.division, i, p).cols);
        float* out = outgoing_.elements.data() + outgoing_.at[hosted_.host(j)];
        for (size_t k = 0; k < arrays_; ++k) {
          const float* const first = from.of_site[i][k].data() + plan_.offset(from.division, i, p);
          for (const int32_t row : common_.rows)
            for (const int32_t col : common_.cols) *out++ = first[row * width + col];
        }
        outgoing_.at[hosted_.host(j)] = out - outgoing_.elements.data();
      });
}

void SliceExchange::unpack(const SliceArrays& from, const SliceArrays& to) {
  outgoing_.at[hosted_.rank] -= std::ssize(outgoing_.of(hosted_.rank));
  for (int i = 0; i < hosted_.sites; ++i)
    for (int j = hosted_.rank; j < hosted_.sites; j += hosted_.ranks)
      each(to.division, j, from.division, i, [&](int64_t p) {
        Messages& messages = hosted_.has(i) ? outgoing_ : incoming_;
        const bool is_mean = plan_.is_shared(p) && from.division == Division::sites;
        const int64_t width = std::ssize(plan_.slice(to.division, j, p).cols);
        const float* in = messages.elements.data() + messages.at[hosted_.host(i)];
        for (size_t k = 0; k < arrays_; ++k) {
          float* const first = to.of_site[j][k].data() + plan_.offset(to.division, j, p);
          for (const int32_t row : common_.rows)
            for (const int32_t col : common_.cols) {
              float& element = first[row * width + col];
              // Equal copies have themselves as their mean, to the last bit.
              element =
                  is_mean && i > 0 ? element + (*in - element) / static_cast<float>(i + 1) : *in;
              ++in;
            }
        }
        messages.at[hosted_.host(i)] = in - messages.elements.data();
      });
}

void SliceExchange::move(const SliceArrays& from, const SliceArrays& to, const char* purpose) {
  {
    const auto timing = timer_.measure(copy_);
    measure(from, to);
    pack(from, to);
  }
  if (hosted_.ranks > 1) {
    const auto timing = timer_.measure(exposed_);
    for (int peer = 0; peer < hosted_.ranks; ++peer) {
      job_.send(peer, std::as_bytes(outgoing_.of(peer)));
      job_.receive(peer, std::as_writable_bytes(incoming_.of(peer)));
    }
    exchange_.start(job_, purpose);
    exchange_.finish();
  }
  const auto timing = timer_.measure(copy_);
  unpack(from, to);
}

}  // namespace laconic
