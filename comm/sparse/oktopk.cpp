#include "comm/sparse/oktopk.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "comm/base/allreduce.hpp"
#include "comm/base/log2.hpp"
#include "comm/sparse/pair_sets.hpp"
#include "comm/sparse/tags.hpp"
#include "framework/base/error.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {
namespace {

// The controller that keeps counts near k between exact thresholds, with the authors' VGG settings.
constexpr double too_many_at_once = 4.0 / 3, raise_at_once = 1.03;
constexpr int raises_at_once = 5;
constexpr double local_too_few = 2.0 / 3, local_too_many = 5.0 / 4, local_change = 1.012;
constexpr double global_too_few = 2.0 / 3, global_too_many = 4.0 / 3, global_change = 1.008;

// If a rank receives more than this multiple of the mean, the next step cuts regions anew.
constexpr double out_of_balance = 1.25;

uint32_t times(int64_t threshold_bits, double factor) {
  const auto value = std::bit_cast<float>(static_cast<uint32_t>(threshold_bits));
  return ops::magnitude_bits(static_cast<float>(value * factor));
}

// Returns the number of histogram cells for a selection of k pairs: a few percent of the pairs'
// bytes.
int64_t select_bins(int64_t k) {
  return std::clamp<int64_t>(k / 24, 16, 1024);
}
// Returns how many pairs more than k may be gathered to save a round.
int64_t select_slack(int64_t k) {
  return k / 24;
}
// Returns the number of histogram cells for cutting regions: enough for the boundaries, too.
int64_t region_bins(int64_t k, int ranks) {
  return std::clamp<int64_t>(std::max<int64_t>(k / 32, ranks / 2), 16, 4096);
}

struct Counts {  // sent by each rank to the others before the gather
  uint32_t above = 0;
  uint32_t ties = 0;
  uint32_t received = 0;
};

}  // namespace

OkTopk::OkTopk(const Context& context, const OkTopkOptions& options, const Link& link, int ranks)
    : SparseAllreduce(context, options.format),
      options_(options),
      link_(link),
      key_{format_.type == ops::ValueType::bfloat16 ? 16 : 0},
      regions_(ranks) {}

void OkTopk::visit_state(StateList& state, const std::string& prefix) {
  // Regions and thresholds are valid for one number of ranks only.
  for (auto [name, value] : {std::pair("/step", &step_),
                             {"/local_threshold", &local_threshold_},
                             {"/global_threshold", &global_threshold_},
                             {"/cut_is_due", &cut_is_due_}})
    state.add_value(prefix + name, *value, Placement::per_rank);
  state.add(prefix + "/regions", regions_.bounds(), Placement::per_rank);
}

ops::Selected OkTopk::select(const ops::Accumulator& accumulator, int64_t k, int ranks,
                             ops::SparseVector& selected) {
  if (exact()) return SparseAllreduce::select(accumulator, k, ranks, selected);
  if (thresholds_are_due() || local_threshold_ == 0) {
    const ops::Selected found = SparseAllreduce::select(accumulator, k, ranks, selected);
    local_threshold_ = selected_above_ = found.threshold;
    if (!found.finite || found.threshold == 0) return found;
    // All elements that tie with the k-th are selected.
    return ops::above(context_, accumulator, found.threshold, selected);
  }
  const auto used = static_cast<uint32_t>(local_threshold_);
  ops::Selected found = ops::above(context_, accumulator, used, selected);
  const auto wanted = static_cast<double>(k);
  const auto count = [&] { return static_cast<double>(selected.size()); };
  for (int raise = 0; raise < raises_at_once && count() > too_many_at_once * wanted; ++raise) {
    local_threshold_ = times(local_threshold_, raise_at_once);
    keep_at_least(static_cast<uint32_t>(local_threshold_), selected);
  }
  found.threshold = static_cast<uint32_t>(local_threshold_);
  selected_above_ = local_threshold_;
  if (count() < local_too_few * wanted)
    local_threshold_ = times(local_threshold_, 1 / local_change);
  if (count() > local_too_many * wanted) local_threshold_ = times(local_threshold_, local_change);
  return found;
}

void OkTopk::sum_pairs(Communicator& communicator, const ops::SparseVector& selected,
                       int64_t length, int64_t k, SparseSum& result) {
  round(selected, sent_);
  cut_regions(communicator, selected, length, k);
  reduce(communicator);
  keep_global(communicator, k);
  gather(communicator, length, k, result.sum);
  intersect(view(sent_), result.sum.indices, result.delivered);
  intersect(view(rounding_), result.sum.indices, result.returned);
  ++step_;
}

void OkTopk::cut_regions(Communicator& communicator, const ops::SparseVector& selected,
                         int64_t length, int64_t k) {
  if (exact()) {
    // Residuals change fast in the first steps.
    const bool early = std::has_single_bit(static_cast<uint64_t>(step_));
    if (step_ % options_.tau != 0 && cut_is_due_ == 0 && !early) return;
    uint32_t smallest = ops::infinite_magnitude;
    for (const float value : selected.values)
      smallest = std::min(smallest, ops::magnitude_bits(value));
    const uint32_t mean = regions_.cut_at_merged_quantiles(
        communicator, selected.indices, k, length, region_bins(k, communicator.size()),
        static_cast<uint16_t>(smallest >> 16));
    // A first guess: the k-th of all ranks' selections together is larger than that of each rank.
    // If ranks select different elements, it grows by about a tenth of an octave per doubling of
    // the ranks.
    constexpr int64_t tenth_of_an_octave = (int64_t{1} << 23) / 10;
    if (global_threshold_ == 0)
      global_threshold_ =
          (int64_t{mean} << 16) + log2_ceil(communicator.size()) * tenth_of_an_octave;
  } else if (step_ % options_.tau == 0) {
    regions_.cut_at_mean_of_boundaries(communicator, selected.indices, length);
  }
}

void OkTopk::reduce(Communicator& communicator) {
  const int rank = communicator.rank();
  const int ranks = communicator.size();
  exchange_.begin(ranks);
  for (int peer = 0; peer < ranks; ++peer) {
    if (peer == rank) continue;
    const Window theirs = regions_.of(peer);
    write_pairs(format_, within(view(sent_), theirs), theirs, exchange_.outgoing());
    exchange_.close(peer);
  }
  exchange_.run(communicator, reduce_tag);

  // Sums in the order of ranks, so that the bits do not depend on the owners.
  const Window mine = regions_.of(rank);
  pair_sum_.open(mine.first, mine.length);
  received_ = 0;
  for (int peer = 0; peer < ranks; ++peer) {
    if (peer == rank) {
      const PairView own = within(view(sent_), mine);
      pair_sum_.add(own.indices, own.values);
      continue;
    }
    arrived_.clear();
    read_pairs(format_, exchange_.arrived(peer), mine, arrived_);
    received_ += arrived_.size();
    pair_sum_.add(arrived_.indices, arrived_.values);
  }
  pair_sum_.take(kept_);

  // Rounds the sums to the values that the others will read; the rounding error stays here.
  rounding_.clear();
  make_room(rounding_.indices, kept_.size());
  make_room(rounding_.values, kept_.size());
  if (format_.type == ops::ValueType::float32) return;
  for (int64_t i = 0; i < kept_.size(); ++i) {
    const float exact_sum = kept_.values[i];
    kept_.values[i] = format_.rounded(exact_sum);
    if (kept_.values[i] != exact_sum)
      rounding_.push_back(kept_.indices[i], exact_sum - kept_.values[i]);
  }
}

// Writes this rank's part of the global selection to kept_, and the counts of all ranks to counts_.
void OkTopk::keep_global(Communicator& communicator, int64_t k) {
  const int rank = communicator.rank();
  const int ranks = communicator.size();
  const bool search = exact() || thresholds_are_due() || global_threshold_ == 0;
  if (search) {
    found_ = global_select_.find(communicator, kept_.values, key_, k, select_bins(k),
                                 exact() ? select_slack(k) : 0,
                                 static_cast<uint32_t>(global_threshold_) >> key_.shift, !exact());
    global_threshold_ = int64_t{found_.lower} << key_.shift;
  }
  kept_above_ = global_threshold_;
  const auto lower = static_cast<uint32_t>(global_threshold_);
  const bool split_ties = exact() && found_.only_ties_too_many;
  Counts mine{.received = static_cast<uint32_t>(received_)};
  keep_at_least(lower, kept_);
  for (const float value : kept_.values)
    ++(split_ties && key_(value) == found_.lower ? mine.ties : mine.above);

  Bytes& block = counts_gather_.block();
  const auto* bytes = reinterpret_cast<const std::byte*>(&mine);
  block.insert(block.end(), bytes, bytes + sizeof mine);
  counts_gather_.run(communicator, count_tag);
  counts_.assign(ranks, 0);
  int64_t above = 0;
  int64_t received = 0;
  int64_t most_received = 0;
  const auto of = [&](int r) {
    Counts counts;
    LACONIC_CHECK(counts_gather_.of(r).size() == sizeof counts);
    std::memcpy(&counts, counts_gather_.of(r).data(), sizeof counts);
    return counts;
  };
  for (int r = 0; r < ranks; ++r) {
    const Counts theirs = of(r);
    above += theirs.above;
    received += theirs.received;
    most_received = std::max<int64_t>(most_received, theirs.received);
  }
  int64_t left = k - above;  // ties still to be taken, lowest index first
  for (int r = 0; r < ranks; ++r) {
    const Counts theirs = of(r);
    const int64_t ties = split_ties ? std::clamp<int64_t>(left, 0, theirs.ties) : 0;
    left -= ties;
    counts_[r] = theirs.above + ties;
    if (r == rank && split_ties) drop_ties(ties);
  }
  const double mean = static_cast<double>(received) / ranks;
  cut_is_due_ = static_cast<double>(most_received) > out_of_balance * mean + 16 ? 1 : 0;

  if (!search) {
    const auto g = static_cast<double>(above);
    const auto wanted = static_cast<double>(k);
    if (g < global_too_few * wanted)
      global_threshold_ = times(global_threshold_, 1 / global_change);
    if (g > global_too_many * wanted) global_threshold_ = times(global_threshold_, global_change);
  }
}

void OkTopk::drop_ties(int64_t keep) {
  int64_t kept = 0;
  for (int64_t i = 0; i < kept_.size(); ++i) {
    if (key_(kept_.values[i]) == found_.lower && --keep < 0) continue;
    kept_.indices[kept] = kept_.indices[i];
    kept_.values[kept++] = kept_.values[i];
  }
  kept_.indices.resize(kept);
  kept_.values.resize(kept);
}

void OkTopk::gather(Communicator& communicator, int64_t length, int64_t k, ops::SparseVector& sum) {
  const Window space{0, length};
  const bool is_due = exact() ? balance_.is_due(counts_, format_.bytes_per_pair(), link_)
                              : Balance::exceeds_four_times_the_mean(counts_);
  balance_.make_room_for(k + select_slack(k), communicator.size(), kept_);
  if (is_due) balance_.run(communicator, counts_, format_, space, kept_);
  write_spanning_pairs(format_, view(kept_), pairs_gather_.block());
  pairs_gather_.run(communicator, gather_tag);
  for (int r = 0; r < communicator.size(); ++r)
    read_spanning_pairs(format_, pairs_gather_.of(r), space, sum);
  make_room(dropped_.indices, 1 + select_slack(k));
  make_room(dropped_.values, 1 + select_slack(k));
  // The owners sent a few more than k where that saved rounds of the search.
  if (exact() && sum.size() > k) ops::top_k(sum, k, dropped_);
}

void OkTopkOptions::describe(config::Fields& f) {
  f.choice("mode", mode, {{"exact", Mode::exact}, {"paper", Mode::paper}},
           "exact: selection is exact in every step; paper: thresholds are reused for tau_prime "
           "steps, as published");
  SparseOptions::describe(f);
  f.integer("tau", tau,
            {.min = 1,
             .help = "most steps between two cuts of the index space into regions",
             .unit = "steps"});
  f.integer(
      "tau_prime", tau_prime,
      {.min = 1, .help = "with mode paper: steps between two exact thresholds", .unit = "steps"});
}

std::unique_ptr<SparseAllreduce> OkTopkOptions::make(const Context& context, const Link& link,
                                                     int ranks) const {
  return std::make_unique<OkTopk>(context, *this, link, ranks);
}

AllreduceEntry oktopk() {
  return {.name = "oktopk",
          .help =
              "Ok-Topk: top-k of the sum of the ranks' top-k, 4k to 6k words per rank for any "
              "P",
          .make_options = config::make<OkTopkOptions>,
          .messages = [](int P) { return P - 1 + 6.0 * log2_ceil(P); },
          .pairs = [](int64_t k, int P) { return 2.0 * static_cast<double>(k) * (P - 1) / P; }};
}

}  // namespace laconic::comm
