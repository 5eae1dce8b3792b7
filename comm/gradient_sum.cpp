#include "comm/gradient_sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "comm/gradient_plan.hpp"
#include "comm/handshake.hpp"
#include "comm/list.hpp"
#include "comm/segments.hpp"
#include "comm/sparse/xi.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
struct GradientSum::Impl {
  // A bucket of a sparse sum, run by the communication thread.
  struct Bucket : SumJob {
    Impl* sum = nullptr;
    int64_t index = 0, begin = 0, end = 0;
    std::unique_ptr<SparseAllreduce> sparse;
    SparseSum result;
    int64_t k = 0;
    bool is_dense = false;
    int64_t keeps = 0;  // 0: nothing is kept here, residual and velocity are zeros
    std::span<float> gradient;

    ops::Accumulator accumulator() const {
      if (keeps == 0) return {{}, gradient, sum->residual_scale};
      return sum->feedback.accumulator(begin, gradient, sum->residual_scale);
    }

    void run(Communicator& communicator) override {
      if (sum->cuts()) sum->shares.sample(index, accumulator());
      if (is_dense)
        sum_densely(communicator);
      else
        sparse->sum(communicator, accumulator(), k, result);
    }

    void sum_densely(Communicator& communicator) {
      if (keeps != 0) ops::accumulate(sum->context, accumulator(), gradient);
      sum->dense->sum(communicator, gradient, index);
      result.clear();
      if (!sum->commits) return;
      // All ranks have the same sum, and the step's agreement tells each what the others saw.
      const int ranks = communicator.size(), rank = communicator.rank();
      const auto n = std::ssize(gradient);
      result.finite = ops::all_finite(
          sum->context,
          gradient.subspan(segment_begin(n, ranks, rank), segment_length(n, ranks, rank)));
    }

    void commit() {
      if (!is_dense) {
        sum->feedback.commit(begin, gradient, sum->residual_scale, result);
        keeps = 1;
      } else if (keeps != 0) {
        sum->feedback.clear(begin, gradient.size());
        keeps = 0;
      }
    }
  };

  Impl(Exchange& e, const Context& c, const ExchangeOptions& o, const FeedbackSettings& f,
       int64_t n)
      : exchange(e),
        context(c),
        options(o),
        settings(f),
        entry(find_allreduce(o.allreduce)),
        elements(n),
        ends(bucket_ends(n, o.bucket_mb)),
        feedback(c, entry.is_sparse() ? n : 0, entry.is_sparse() ? f.momentum : 0,
                 o.error_feedback),
        shares(lengths_of(ends)) {
    check_same_length(exchange, n);
    if (!entry.is_sparse()) return;
    ks.resize(ends.size());
    for (size_t b = 0; b < ends.size(); ++b) {
      Bucket& bucket = *buckets.emplace_back(std::make_unique<Bucket>());
      bucket.sum = this;
      bucket.index = static_cast<int64_t>(b);
      bucket.begin = b == 0 ? 0 : ends[b - 1];
      bucket.end = ends[b];
      bucket.sparse = entry.make_sparse(context, options.sparse, exchange.link(), exchange.size());
    }
    dense = find_allreduce("dense").make(exchange.link());
  }

  // Whether this step tells the next how to cut k into buckets. Where all are dense nothing asks.
  bool cuts() const {
    return !std::ranges::all_of(buckets, [](const auto& bucket) { return bucket->is_dense; }) &&
           ends.size() > 1;
  }

  // Of steps that are sparse in all buckets.
  void measure_xi() {
    const auto is_dense = [](const auto& bucket) { return bucket->is_dense; };
    if (std::any_of(buckets.begin(), buckets.end(), is_dense)) return;
    if (!xi_measure) xi_measure = std::make_unique<Xi>(exchange, context, elements);
    for (const auto& bucket : buckets)
      xi_measure->add(bucket->begin, bucket->accumulator(), bucket->result.sum);
    xi = xi_measure->measure(k);
  }

  Exchange& exchange;
  const Context context;
  const ExchangeOptions options;
  const FeedbackSettings settings;
  const AllreduceEntry& entry;
  const int64_t elements;
  const std::vector<int64_t> ends;  // of the buckets
  ErrorFeedback feedback;
  BucketShares shares;
  std::vector<std::unique_ptr<Bucket>> buckets;
  std::unique_ptr<Allreduce> dense;  // one for all buckets: what it receives into stays cached
  bool commits = true;               // this step changes residuals, unless it is skipped
  std::vector<int64_t> ks;
  std::vector<double> figures;  // of all ranks, for the agreement
  int64_t k = 0;
  int64_t started = 0;  // buckets of this step
  float residual_scale = 1;
  double last_lr = 0;  // of the last committed step
  double lr = 0;       // of the one under way
  int64_t step = 0;
  std::unique_ptr<Xi> xi_measure;
  double xi = std::numeric_limits<double>::quiet_NaN();
};

GradientSum::GradientSum(Exchange& exchange, const Context& context, const ExchangeOptions& options,
                         const FeedbackSettings& feedback, int64_t elements)
    : impl_(std::make_unique<Impl>(exchange, context, options, feedback, elements)) {}

GradientSum::~GradientSum() = default;

bool GradientSum::is_sparse() const {
  return impl_->entry.is_sparse();
}

void GradientSum::begin(int64_t steps, double lr) {
  Impl& m = *impl_;
  m.started = 0;
  if (!is_sparse()) return;
  // A residual collected at another learning rate is worth that much more or less now.
  const bool correct = m.options.lr_correction && !m.settings.lr_inside && m.last_lr > 0 && lr > 0;
  m.residual_scale = correct ? static_cast<float>(m.last_lr / lr) : 1.0f;
  m.lr = lr;
  m.step = steps;
  m.xi = std::numeric_limits<double>::quiet_NaN();
  m.k = pairs_at(m.options, steps, m.elements);
  m.shares.cut(m.k, m.ks);
  for (auto& bucket : m.buckets) {
    bucket->k = m.ks[bucket->index];
    bucket->is_dense = laconic::comm::is_dense(m.options, m.exchange.link(), m.exchange.size(),
                                               bucket->end - bucket->begin, bucket->k);
  }
  m.commits = std::ranges::any_of(
      m.buckets, [](const auto& bucket) { return !bucket->is_dense || bucket->keeps != 0; });
}

void GradientSum::ready(std::span<float> gradient, int64_t end) {
  Impl& m = *impl_;
  LACONIC_CHECK(std::ssize(gradient) == m.elements);
  for (; m.started < std::ssize(m.ends) && m.ends[m.started] <= end; ++m.started) {
    const int64_t begin = m.started == 0 ? 0 : m.ends[m.started - 1];
    const std::span<float> part = gradient.subspan(begin, m.ends[m.started] - begin);
    if (!is_sparse()) {
      m.exchange.start_sum(part);
      continue;
    }
    Impl::Bucket& bucket = *m.buckets[m.started];
    if (bucket.keeps != 0) m.feedback.prepare(begin, part);
    bucket.gradient = part;
    m.exchange.start(bucket);
  }
}

bool GradientSum::finish(std::span<float> gradient, std::span<double> figures) {
  Impl& m = *impl_;
  ready(gradient, m.elements);
  m.exchange.finish();
  const auto mine = static_cast<int64_t>(figures.size());
  m.figures.assign(mine + 1 + (is_sparse() ? m.ends.size() : 0), 0.0);
  bool finite = true;
  for (const double figure : figures) finite &= std::isfinite(figure);
  for (const auto& bucket : m.buckets) finite &= bucket->result.finite;
  std::copy(figures.begin(), figures.end(), m.figures.begin());
  m.figures[mine] = finite ? 0 : 1;
  const std::span<double> estimates = std::span(m.figures).subspan(mine + 1);
  if (is_sparse() && m.cuts()) m.shares.estimate(m.k, estimates);
  m.exchange.sum(m.figures);
  std::copy_n(m.figures.begin(), mine, figures.begin());
  if (m.figures[mine] > 0) return false;
  if (!is_sparse()) return true;
  if (m.options.xi_every > 0 && m.step % m.options.xi_every == 0) m.measure_xi();
  for (const auto& bucket : m.buckets) bucket->commit();
  if (m.cuts()) m.shares.set(estimates);
  m.last_lr = m.lr;
  return true;
}

SparseFigures GradientSum::figures() const {
  SparseFigures result;
  result.k = impl_->k;
  result.xi = impl_->xi;
  for (const auto& bucket : impl_->buckets) {
    if (bucket->is_dense) ++result.dense_buckets;
    const int64_t all = bucket->end - bucket->begin;
    result.selected += bucket->is_dense ? all : bucket->result.selected;
    result.kept += bucket->is_dense ? all : bucket->result.sum.size();
  }
  return result;
}

double GradientSum::residual_norm() const {
  return impl_->feedback.norm();
}

int64_t GradientSum::state_bytes() const {
  return impl_->feedback.bytes();
}

void GradientSum::visit_state(StateList& state) {
  if (!is_sparse()) return;
  impl_->feedback.visit_state(state);
  impl_->shares.visit_state(state);
  state.add_value("exchange/last_lr", impl_->last_lr);
  for (auto& bucket : impl_->buckets) {
    const std::string name = fmt::format("exchange/bucket.{}", bucket->index);
    state.add_value(name + "/keeps", bucket->keeps);
    bucket->sparse->visit_state(state, name);
  }
}

}  // namespace laconic::comm
