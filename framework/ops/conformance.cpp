#include "framework/ops/conformance.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "framework/ops/conformance_case.hpp"

namespace laconic::ops {

namespace {

class Checker {
 public:
  Checker(const OpKind& kind, const Context& context) : kind_(kind), context_(context) {}

  std::vector<Failure> run() {
    where_ = kind_.name;
    const std::vector<Example> examples = kind_.examples();
    if (examples.empty()) report("has no examples");
    for (const Example& example : examples) {
      NodeSpec node = example.node;
      kind_.infer(node);
      for (const int64_t rows : std::set<int64_t>{0, 1, example.batch.rows}) {
        Extents batch = example.batch;
        batch.rows = rows;
        example_ = fmt::format("{} inputs {} attributes {}, {} rows", kind_.name, shapes(node),
                               node.attributes.dump(), rows);
        if (batch.height > 0) example_ += fmt::format(" of {} x {}", batch.height, batch.width);
        check_gradient(node, batch);
        for (const Implementation<float>& each : kind_.float32)
          if (std::strcmp(each.name, "ref") != 0) check_fast(node, batch, each, example.tolerance);
      }
    }
    return std::move(failures_);
  }

 private:
  static std::string shapes(const NodeSpec& node) {
    std::vector<std::string> all;
    for (const ValueSpec& input : node.inputs)
      all.push_back(input.space.is_pixels()
                        ? fmt::format("{} {}", input.width, to_text(input.space))
                        : fmt::format("{}", input.width));
    return fmt::format("{}", fmt::join(all, "+"));
  }

  void report(const std::string& what) { failures_.push_back({where_, what}); }

  template <class T>
  std::unique_ptr<Kernel<T>> make_ref(const NodeSpec& node) const {
    for (const Implementation<T>& each : implementations<T>(kind_))
      if (std::strcmp(each.name, "ref") == 0) return each.make(node, context_);
    fail(ExitCode::internal, "{}: no ref implementation", kind_.name);
  }

  template <class T>
  Case<T> make_case(const NodeSpec& node, const Extents& batch) const {
    return Case<T>(node, kind_.needs(node).saved, batch);
  }

  // Compares (L(x + h) - L(x - h)) / 2h with the backward pass, at a sample of elements, for
  // L = <output, doutput>.
  void check_gradient(const NodeSpec& node, const Extents& batch) {
    where_ = example_ + ", ref double";
    if (kind_.needs(node).stops_gradient) return;
    const auto kernel = make_ref<double>(node);
    Case<double> c = make_case<double>(node, batch);
    c.forward(*kernel);
    c.backward(*kernel, false);
    const auto loss = [&] {
      c.forward(*kernel);
      double sum = 0;
      const MatrixView<const double> y = c.output.view(), dy = c.doutput.view();
      for (int64_t i = 0; i < y.rows; ++i)
        for (int64_t j = 0; j < y.cols; ++j) sum += y(i, j) * dy(i, j);
      return sum;
    };
    const auto compare = [&](const std::string& name, double& x, double gradient) {
      const double h = 1e-5, before = x;
      x = before + h;
      const double above = loss();
      x = before - h;
      const double below = loss();
      x = before;
      const double numeric = (above - below) / (2 * h);
      if (!(std::abs(numeric - gradient) <= 1e-6 * std::max(1.0, std::abs(numeric))))
        report(fmt::format("gradient of {} is {}, central difference {}", name, gradient, numeric));
    };
    constexpr int64_t samples = 40;
    for (size_t n = 0; n < c.inputs.size(); ++n) {
      if (is_sparse(node, n)) continue;
      const MatrixView<double> x = c.inputs[n].view();
      for (int64_t k = 0; k < x.rows * x.cols; k += 1 + x.rows * x.cols / samples)
        compare(fmt::format("input {}({}, {})", n, k / x.cols, k % x.cols),
                x(k / x.cols, k % x.cols), c.dinputs[n].view()(k / x.cols, k % x.cols));
    }
    for (size_t n = 0; n < c.parameters.size(); ++n)
      for (size_t k = 0; k < c.parameters[n].size(); k += 1 + c.parameters[n].size() / samples)
        compare(fmt::format("{}[{}]", node.parameters[n].name, k), c.parameters[n][k],
                c.dparameters[n][k] - 0.5);
  }

  void check_fast(const NodeSpec& node, const Extents& batch, const Implementation<float>& fast,
                  double tolerance) {
    const BackwardNeeds needs = kind_.needs(node);
    const auto ref = make_ref<float>(node);
    for (int level = 0; level <= static_cast<int>(context_.isa); ++level) {
      Context context = context_;
      context.isa = static_cast<Isa>(level);
      context.threads = 1;
      where_ = fmt::format("{}, {} {}", example_, fast.name, isa_name(context.isa));
      if (!fast.refuse(node, context).empty()) continue;
      const auto kernel = fast.make(node, context);
      Case<float> one = make_case<float>(node, batch);
      GuardedMatrix<float> one_output = one.output;
      for (const bool accumulate : {false, true}) {
        Case<float> wanted = make_case<float>(node, batch), got = make_case<float>(node, batch);
        wanted.forward(*ref);
        got.forward(*kernel);
        compare("output", got.output, wanted.output, tolerance);
        compare_states(got, wanted, tolerance);
        one_output = got.output;
        if (!needs.inputs)
          std::for_each(got.inputs.begin(), got.inputs.end(), [](auto& x) { x.fill(NAN); });
        if (!needs.output) got.output.fill(NAN);
        wanted.backward(*ref, accumulate);
        got.backward(*kernel, accumulate);
        compare_gradients(got, wanted, tolerance);
        one = std::move(got);
      }
      for (const int threads : {2, 3})
        check_threads(node, batch, fast, context, threads, one, one_output);
      if (needs.in_place) check_in_place(node, batch, *kernel);
      check_nan(node, batch, *kernel, *ref);
      if (!node.states.empty()) check_evaluation(node, batch, *kernel, *ref, tolerance);
    }
  }

  // Compares the bits of `threads` threads with those of one thread, which are in `one` after an
  // accumulating backward.
  void check_threads(const NodeSpec& node, const Extents& batch, const Implementation<float>& fast,
                     Context context, int threads, const Case<float>& one,
                     const GuardedMatrix<float>& one_output) {
    context.threads = threads;
    where_ =
        fmt::format("{}, {} {} {} threads", example_, fast.name, isa_name(context.isa), threads);
    const auto kernel = fast.make(node, context);
    Case<float> many = make_case<float>(node, batch);
    many.forward(*kernel);
    compare("output", many.output, one_output, 0);
    compare_states(many, one, 0);
    many.backward(*kernel, true);
    compare_gradients(many, one, 0);
  }

  void check_in_place(const NodeSpec& node, const Extents& batch, Kernel<float>& kernel) {
    Case<float> apart = make_case<float>(node, batch), in_place = make_case<float>(node, batch);
    apart.forward(kernel);
    in_place.forward(kernel, true);
    compare("output in place", in_place.inputs[0], apart.output, 0);
  }

  // Outside of training the state decides the output, and stays as it is.
  void check_evaluation(const NodeSpec& node, const Extents& batch, Kernel<float>& kernel,
                        Kernel<float>& ref, double tolerance) {
    Case<float> wanted = make_case<float>(node, batch), got = make_case<float>(node, batch);
    wanted.forward(ref, false, false);
    got.forward(kernel, false, false);
    compare("output of an evaluation", got.output, wanted.output, tolerance);
    if (got.next_state != got.state) report("an evaluation changes the state");
  }

  void compare_states(const Case<float>& got, const Case<float>& wanted, double tolerance) {
    for (size_t n = 0; n < got.state.size(); ++n)
      for (size_t k = 0; k < got.state[n].size(); ++k)
        if (!close(got.next_state[n][k], wanted.next_state[n][k], tolerance, 1))
          return report(fmt::format("{}[{}] = {}, in ref {}", got.node.states[n].name, k,
                                    got.next_state[n][k], wanted.next_state[n][k]));
  }

  // Puts one NaN into the middle of each dense input. It must reach exactly those outputs that it
  // reaches in ref.
  void check_nan(const NodeSpec& node, const Extents& batch, Kernel<float>& kernel,
                 Kernel<float>& ref) {
    if (batch.rows == 0) return;
    for (size_t n = 0; n < node.inputs.size(); ++n) {
      if (is_sparse(node, n)) continue;
      Case<float> wanted = make_case<float>(node, batch), got = make_case<float>(node, batch);
      const int64_t rows = got.inputs[n].view().rows;
      for (Case<float>* each : {&wanted, &got})
        each->inputs[n].view()(rows / 2, node.inputs[n].width / 2) = NAN;
      wanted.forward(ref);
      got.forward(kernel);
      bool any = false, same = true;
      for (int64_t i = 0; i < got.output.view().rows; ++i)
        for (int64_t j = 0; j < node.outputs[0].width; ++j) {
          const bool nan = std::isnan(wanted.output.view()(i, j));
          any |= nan;
          same &= nan == std::isnan(got.output.view()(i, j));
        }
      if (!same) report(fmt::format("a NaN in input {} reaches other outputs than in ref", n));
      if (!any && rows > 1) report(fmt::format("NaN of input {} is lost", n));
    }
  }

  void compare_gradients(const Case<float>& got, const Case<float>& wanted, double tolerance) {
    for (size_t n = 0; n < got.dinputs.size(); ++n)
      compare(fmt::format("cotangent of input {}", n), got.dinputs[n], wanted.dinputs[n],
              tolerance);
    for (size_t n = 0; n < got.dparameters.size(); ++n) {
      double scale = 1;
      for (const float value : wanted.dparameters[n])
        scale = std::max(scale, std::abs(double{value}));
      for (size_t k = 0; k < got.dparameters[n].size(); ++k)
        if (!close(got.dparameters[n][k], wanted.dparameters[n][k], tolerance, scale))
          return report(fmt::format("cotangent of {}[{}] = {}, in ref {}",
                                    got.node.parameters[n].name, k, got.dparameters[n][k],
                                    wanted.dparameters[n][k]));
    }
  }

  // Compares relative to the largest element, so that cancellation is not counted as an error.
  // Reports the first difference.
  void compare(const std::string& name, const GuardedMatrix<float>& got,
               const GuardedMatrix<float>& wanted, double tolerance) {
    const MatrixView<const float> a = got.view(), b = wanted.view();
    double scale = 1;
    for (int64_t i = 0; i < b.rows; ++i)
      for (int64_t j = 0; j < b.cols; ++j) scale = std::max(scale, std::abs(double{b(i, j)}));
    if (!got.guards_intact()) report(name + ": written outside its columns");
    for (int64_t i = 0; i < a.rows; ++i)
      for (int64_t j = 0; j < a.cols; ++j)
        if (!close(a(i, j), b(i, j), tolerance, scale))
          return report(fmt::format("{}({}, {}) = {}, in ref {}", name, i, j, a(i, j), b(i, j)));
  }

  // Tolerance 0 means the same bits.
  static bool close(float got, float wanted, double tolerance, double scale) {
    if (tolerance == 0) return std::memcmp(&got, &wanted, sizeof got) == 0;
    return std::abs(double{got} - wanted) <= tolerance * scale;
  }

  const OpKind& kind_;
  Context context_;
  std::string example_, where_;
  std::vector<Failure> failures_;
};

}  // namespace

std::vector<Failure> check(const OpKind& kind, const Context& context) {
  return Checker(kind, context).run();
}

}  // namespace laconic::ops
