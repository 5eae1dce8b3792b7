#include "comm/gradient/sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "comm/exchange/handshake.hpp"
#include "comm/gradient/plan.hpp"
#include "comm/gradient/xi.hpp"
#include "comm/sparse/options.hpp"
#include "framework/base/equal_cut.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
struct GradientSum::Impl {
  // A bucket of a sparse sum. The communication thread runs it.
  struct Bucket : SumJob {
    Impl* sum = nullptr;
    int64_t index = 0, begin = 0, end = 0;
    std::unique_ptr<SparseAllreduce> sparse;
    SparseSum result;
    int64_t k = 0;
    bool is_dense = false;
    int64_t keeps = 0;  // 0: residual and velocity are zeros here
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
      // All ranks have the same sum, and the step's agreement covers what the others found.
      const int ranks = communicator.size(), rank = communicator.rank();
      const auto n = std::ssize(gradient);
      result.finite = ops::all_finite(
          sum->context, gradient.subspan(equal_cut(n, ranks, rank), equal_part(n, ranks, rank)));
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

  Impl(Exchange& e, const Context& c, const GradientOptions& o, const FeedbackSettings& f,
       int64_t n)
      : exchange(e),
        context(c),
        options(o),
        settings(f),
        elements(n),
        plan(std::in_place, e.allreduce(), o.density, e.link(), e.size(), n, 0),
        ends(bucket_ends(n, o.bucket_mb)),
        feedback(c, plan->is_sparse() ? n : 0, plan->is_sparse() ? f.momentum : 0,
                 o.feedback.error_feedback),
        shares(lengths_of(ends)) {
    if (!plan->is_sparse()) return;
    const auto& sparse = exchange.allreduce().as<SparseOptions>();
    ks.resize(ends.size());
    for (size_t b = 0; b < ends.size(); ++b) {
      Bucket& bucket = *buckets.emplace_back(std::make_unique<Bucket>());
      bucket.sum = this;
      bucket.index = static_cast<int64_t>(b);
      bucket.begin = b == 0 ? 0 : ends[b - 1];
      bucket.end = ends[b];
      bucket.sparse = sparse.make(context, exchange.link(), exchange.size());
    }
    dense = find_allreduce("dense").make(exchange.link());
  }

  // Returns whether this step estimates how the next one divides k between buckets. Nothing needs
  // the estimate where all buckets are dense.
  bool cuts() const {
    return !std::ranges::all_of(buckets, [](const auto& bucket) { return bucket->is_dense; }) &&
           ends.size() > 1;
  }

  // Measures xi in a step in which all buckets are sparse.
  void measure_xi() {
    if (std::ranges::any_of(buckets, [](const auto& bucket) { return bucket->is_dense; })) return;
    if (!xi_measure) xi_measure = std::make_unique<Xi>(exchange, context, elements);
    for (const auto& bucket : buckets)
      xi_measure->add(bucket->begin, bucket->accumulator(), bucket->result.sum);
    xi = xi_measure->measure(k);
  }

  Exchange& exchange;
  const Context context;
  const GradientOptions options;
  const FeedbackSettings settings;
  const int64_t elements;
  std::optional<GradientPlan> plan;  // allocate() learns the number of steps
  const std::vector<int64_t> ends;   // of the buckets
  ErrorFeedback feedback;
  BucketShares shares;
  std::vector<std::unique_ptr<Bucket>> buckets;
  std::unique_ptr<Allreduce> dense;  // one for all buckets: its receive buffer stays in the cache
  bool commits = true;               // this step changes residuals, unless it is skipped
  bool is_allocated = false;
  std::vector<int64_t> ks;
  std::vector<double> figures;  // summed over the ranks, for the agreement
  int64_t k = 0;
  int64_t started = 0;  // buckets of this step
  float residual_scale = 1;
  double last_lr = 0;  // of the last committed step
  double lr = 0;       // of the current step
  int64_t step = 0;
  std::unique_ptr<Xi> xi_measure;
  double xi = std::numeric_limits<double>::quiet_NaN();
};

GradientSum::GradientSum(Exchange& exchange, const Context& context, const GradientOptions& options,
                         const FeedbackSettings& feedback, int64_t elements)
    : impl_(std::make_unique<Impl>(exchange, context, options, feedback, elements)) {}

GradientSum::~GradientSum() = default;

bool GradientSum::is_sparse() const {
  return impl_->plan->is_sparse();
}

void GradientSum::allocate(int64_t steps) {
  impl_->plan.emplace(impl_->exchange.allreduce(), impl_->options.density, impl_->exchange.link(),
                      impl_->exchange.size(), impl_->elements, steps);
  GradientOptions options = impl_->options;
  AllreduceChoice allreduce = impl_->exchange.allreduce();
  config::Fields fields;
  fields.variant("allreduce", allreduce, "");  // whether a key is used depends on it
  options.describe(fields);
  refuse(impl_->exchange.differences(fmt::format("{}a gradient of {} elements\n{} steps",
                                                 lines_of(fields), impl_->elements, steps)));
  impl_->feedback.allocate();
  impl_->is_allocated = true;
}

void GradientSum::begin(int64_t steps, double lr) {
  Impl& m = *impl_;
  LACONIC_CHECK(m.is_allocated, "allocate() first");
  m.started = 0;
  if (!is_sparse()) return;
  // A residual that was collected at another learning rate is scaled to this one.
  const bool correct =
      m.options.feedback.lr_correction && !m.settings.lr_inside && m.last_lr > 0 && lr > 0;
  m.residual_scale = correct ? static_cast<float>(m.last_lr / lr) : 1.0f;
  m.lr = lr;
  m.step = steps;
  m.xi = std::numeric_limits<double>::quiet_NaN();
  m.k = m.plan->pairs(steps);
  m.shares.cut(m.k, m.ks);
  for (auto& bucket : m.buckets) {
    bucket->k = m.ks[bucket->index];
    bucket->is_dense = m.plan->is_dense(bucket->end - bucket->begin, bucket->k);
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

bool GradientSum::finish(std::span<float> gradient, std::span<const std::span<double>> beside) {
  Impl& m = *impl_;
  ready(gradient, m.elements);
  m.exchange.finish();
  m.figures.clear();
  for (const std::span<double> numbers : beside)
    m.figures.insert(m.figures.end(), numbers.begin(), numbers.end());
  const size_t mine = m.figures.size();
  bool finite = std::ranges::all_of(m.figures, [](double figure) { return std::isfinite(figure); });
  for (const auto& bucket : m.buckets) finite &= bucket->result.finite;
  m.figures.resize(mine + 1 + (is_sparse() ? m.ends.size() : 0), 0.0);
  m.figures[mine] = finite ? 0 : 1;
  const std::span<double> estimates = std::span(m.figures).subspan(mine + 1);
  if (is_sparse() && m.cuts()) m.shares.estimate(m.k, estimates);
  m.exchange.sum(m.figures);
  auto summed = m.figures.cbegin();
  for (const std::span<double> numbers : beside) {
    std::copy_n(summed, numbers.size(), numbers.begin());
    summed += std::ssize(numbers);
  }
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
