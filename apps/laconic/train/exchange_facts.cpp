#include "apps/laconic/train/exchange_facts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "comm/dense/dense.hpp"
#include "comm/gradient_plan.hpp"
#include "comm/list.hpp"
#include "comm/sparse/bucket_shares.hpp"

namespace laconic {
namespace {

// Everything there is to know of one step.
struct Step {
  std::vector<int64_t> lengths;  // of the buckets
  std::vector<int64_t> ks;       // at first; then by where the large numbers lay
  int64_t dense_buckets = 0;
  double bytes = 0;
};

Step look_at(const comm::ExchangeOptions& options, const comm::LinkOptions& link, int ranks,
             int64_t elements) {
  Step step;
  step.lengths = comm::lengths_of(comm::bucket_ends(elements, options.bucket_mb));
  step.ks.resize(step.lengths.size());
  const bool sparse = comm::find_allreduce(options.allreduce).is_sparse();
  if (sparse) {
    const int64_t steady = options.dense_steps + options.density_warmup_steps;
    comm::BucketShares(step.lengths).cut(comm::pairs_at(options, steady, elements), step.ks);
  }
  for (size_t b = 0; b < step.lengths.size(); ++b) {
    if (sparse && comm::is_dense(options, link, ranks, step.lengths[b], step.ks[b]))
      ++step.dense_buckets;
    step.bytes += comm::bucket_bytes(options, link, ranks, step.lengths[b], step.ks[b]);
  }
  return step;
}

std::string buckets_of(const comm::ExchangeOptions& options, const std::vector<int64_t>& lengths) {
  if (lengths.size() == 1)
    return options.bucket_mb == 0 ? "1: comm.bucket_mb is 0"
                                  : fmt::format(
                                        "1: the gradient has no more than the {} MB of "
                                        "comm.bucket_mb",
                                        options.bucket_mb);
  return fmt::format("{} of {:.2f} MB each, the fewest of at most {} MB (comm.bucket_mb)",
                     lengths.size(), 4e-6 * static_cast<double>(*std::ranges::max_element(lengths)),
                     options.bucket_mb);
}

std::string pairs_of(const comm::ExchangeOptions& options, const Step& step, int64_t elements) {
  const auto [least, most] = std::ranges::minmax(step.ks);
  const int64_t steady = options.dense_steps + options.density_warmup_steps;
  std::string text =
      fmt::format("{} of {} elements (comm.density {})", comm::pairs_at(options, steady, elements),
                  elements, options.density);
  if (step.ks.size() > 1)
    text += fmt::format(
        "; a bucket: {} at first, then by where the large numbers lay in the step "
        "before",
        least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most));
  if (options.dense_steps > 0)
    text += fmt::format("; all in the first {} steps", options.dense_steps);
  if (options.density_warmup_steps > 0)
    text += fmt::format("; falling from density {} over {} steps", options.warmup_density,
                        options.density_warmup_steps);
  return text;
}

std::string dense_buckets_of(const comm::ExchangeOptions& options, const comm::LinkOptions& link,
                             int ranks, const Step& step) {
  const comm::BucketSeconds seconds =
      comm::predict(options, link, ranks, step.lengths[0], step.ks[0]);
  const std::string prediction =
      fmt::format("the first is predicted to take {:.2f} ms sparse and {:.2f} ms dense",
                  1e3 * seconds.sparse, 1e3 * seconds.dense);
  if (!options.auto_dense) return fmt::format("no bucket: comm.auto_dense is off; {}", prediction);
  return fmt::format("{} of {} buckets (comm.auto_dense): {}", step.dense_buckets,
                     step.lengths.size(), prediction);
}

}  // namespace

std::string why_no_overlap(const Options& options, int ranks, int64_t buckets) {
  if (ranks == 1) return "one rank has nothing to send";
  if (!options.comm.overlap) return "comm.overlap is off";
  const bool sparse = comm::find_allreduce(options.comm.allreduce).is_sparse();
  if (sparse && options.optimizer.clip_norm > 0)
    return "optimizer.clip_norm limits the whole gradient before a sparse exchange";
  if (buckets < 2) return "the only bucket is full when backward ends (comm.bucket_mb)";
  return "";
}

Facts describe_exchange(const Options& options, const comm::LinkOptions& link, int ranks,
                        int64_t elements) {
  const comm::ExchangeOptions& comm = options.comm;
  const comm::AllreduceEntry& entry = comm::find_allreduce(comm.allreduce);
  comm::ExchangeOptions dense = comm;
  dense.allreduce = "dense";
  const Step step = look_at(comm, link, ranks, elements);
  const Step densely = look_at(dense, link, ranks, elements);

  std::string method = comm.allreduce;
  if (comm.allreduce == "oktopk") method += fmt::format(" ({})", comm.sparse.mode);
  if (comm.allreduce == "dense" && ranks > 1)
    method += fmt::format(
        " ({})", comm::dense_algorithms()[comm::choose_dense(link, step.lengths[0], ranks)].name);
  Facts facts = {{"exchange", fmt::format("{}: {}", method, entry.help)},
                 {"buckets", buckets_of(comm, step.lengths)}};
  if (entry.is_sparse()) {
    facts.emplace_back("pairs a rank", pairs_of(comm, step, elements));
    facts.emplace_back("summed densely", dense_buckets_of(comm, link, ranks, step));
  }
  const std::string how = !entry.counted ? "modelled"
                          : entry.is_sparse()
                              ? fmt::format("{} indices, {} values, expected",
                                            comm.sparse.index_codec, comm.sparse.value_type)
                              : "exact";
  facts.emplace_back("on the wire",
                     fmt::format("{:.3g} MB sent a step and rank ({}); dense: {:.3g} MB",
                                 1e-6 * step.bytes, how, 1e-6 * densely.bytes));
  const std::string why_not = why_no_overlap(options, ranks, std::ssize(step.lengths));
  const std::string accumulation =
      options.train.accumulate > 1
          ? fmt::format(", in the last of the {} batches of an update", options.train.accumulate)
          : "";
  facts.emplace_back("overlap", why_not.empty()
                                    ? "a bucket leaves when backward has finished it" + accumulation
                                    : "off: " + why_not);
  return facts;
}

}  // namespace laconic
