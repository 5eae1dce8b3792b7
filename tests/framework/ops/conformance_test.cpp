// Every operator of the list against its ref, and the checker against operators that are wrong.

#include "framework/ops/conformance.hpp"

#include <gtest/gtest.h>

#include "framework/ops/kind.hpp"
#include "framework/ops/list.hpp"

namespace laconic::ops {
namespace {

Context two_threads() {
  return {.seed = 7, .threads = 2, .isa = detect_isa()};
}

std::string text(const std::vector<Failure>& failures) {
  std::string all;
  for (const Failure& each : failures) all += each.where + ": " + each.what + "\n";
  return all;
}

class EveryOperator : public testing::TestWithParam<const OpKind*> {};

TEST_P(EveryOperator, DoesWhatItsReferenceSays) {
  EXPECT_EQ(text(check(*GetParam(), two_threads())), "");
}

TEST_P(EveryOperator, IsFoundByItsName) {
  EXPECT_EQ(&find(GetParam()->name), GetParam());
}

TEST_P(EveryOperator, RefusesUnknownAttributesByName) {
  NodeSpec node = GetParam()->examples().front().node;
  node.attributes["colour"] = "red";
  try {
    GetParam()->infer(node);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(std::string(error.what()).find("unknown attribute 'colour'"), std::string::npos)
        << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(List, EveryOperator, testing::ValuesIn(list().begin(), list().end()),
                         [](const auto& each) { return std::string(each.param->name); });

// An operator around another kernel of relu, to see that the checker catches what is wrong with it.
template <class Wrong>
OpKind relu_with() {
  OpKind kind = find("relu");
  static const Implementation<float> implementations[] = {
      {"wrong", accept, make_kernel<float, Wrong>}, kind.float32.back()};
  kind.float32 = implementations;
  return kind;
}

class PlainRelu : public Kernel<float> {
 public:
  PlainRelu(const NodeSpec&, const Context& context) : threads_(context.threads) {}
  void forward(const Frame<float>& frame) override {
    for (int64_t i = 0; i < frame.rows; ++i)
      for (int64_t j = 0; j < frame.output.cols; ++j)
        frame.output(i, j) = value(frame.inputs[0].dense(i, j));
  }
  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    for (int64_t i = 0; i < frame.rows; ++i)
      for (int64_t j = 0; j < frame.output.cols; ++j)
        put(cotangents.inputs[0](i, j), accumulates(cotangents),
            seen(frame, i, j) > 0 ? cotangents.output(i, j) : 0.0f);
  }

 protected:
  virtual float value(float x) const { return x < 0 ? 0 : x; }
  virtual bool accumulates(const Cotangents<float>& cotangents) const {
    return cotangents.accumulate[0];
  }
  virtual float seen(const Frame<float>& frame, int64_t i, int64_t j) const {
    return frame.output(i, j);
  }
  int threads_;
};

struct LosesNan : PlainRelu {
  using PlainRelu::PlainRelu;
  float value(float x) const override { return x > 0 ? x : 0; }
};
struct Inexact : PlainRelu {
  using PlainRelu::PlainRelu;
  float value(float x) const override { return x < 0 ? 0 : x * 1.0002f; }
};
struct ForgetsToAccumulate : PlainRelu {
  using PlainRelu::PlainRelu;
  bool accumulates(const Cotangents<float>&) const override { return false; }
};
struct AlwaysAccumulates : PlainRelu {
  using PlainRelu::PlainRelu;
  bool accumulates(const Cotangents<float>&) const override { return true; }
};
struct ReadsItsInput : PlainRelu {
  using PlainRelu::PlainRelu;
  float seen(const Frame<float>& frame, int64_t i, int64_t j) const override {
    return frame.inputs[0].dense(i, j);
  }
};
struct DependsOnThreads : PlainRelu {
  using PlainRelu::PlainRelu;
  float value(float x) const override { return x < 0 ? 0 : x * (threads_ == 1 ? 1 : 1.0000002f); }
};
struct WritesTooFar : PlainRelu {
  using PlainRelu::PlainRelu;
  void forward(const Frame<float>& frame) override {
    PlainRelu::forward(frame);
    if (frame.rows > 0) frame.output.row(0)[frame.output.cols] = 0;
  }
};

template <class Wrong>
class TheChecker : public testing::Test {};
using WrongKernels = testing::Types<LosesNan, Inexact, ForgetsToAccumulate, AlwaysAccumulates,
                                    ReadsItsInput, DependsOnThreads, WritesTooFar>;
TYPED_TEST_SUITE(TheChecker, WrongKernels);

TYPED_TEST(TheChecker, CatchesAWrongKernel) {
  EXPECT_FALSE(check(relu_with<TypeParam>(), two_threads()).empty());
}

TEST(Checker, AcceptsAnotherRightKernel) {
  EXPECT_EQ(text(check(relu_with<PlainRelu>(), two_threads())), "");
}

TEST(Checker, FailsAnOperatorWithoutExamples) {
  OpKind kind = find("relu");
  kind.examples = +[] { return std::vector<Example>(); };
  EXPECT_EQ(text(check(kind, two_threads())), "relu: has no examples\n");
}

class WrongGradient final : public Kernel<double> {
 public:
  WrongGradient(const NodeSpec&, const Context&) {}
  void forward(const Frame<double>& frame) override {
    for (int64_t i = 0; i < frame.rows; ++i)
      for (int64_t j = 0; j < frame.output.cols; ++j)
        frame.output(i, j) = frame.inputs[0].dense(i, j);
  }
  void backward(const Frame<double>& frame, const Cotangents<double>& cotangents) override {
    for (int64_t i = 0; i < frame.rows; ++i)
      for (int64_t j = 0; j < frame.output.cols; ++j)
        cotangents.inputs[0](i, j) = 1.00001 * cotangents.output(i, j);
  }
};

TEST(Checker, CatchesAWrongGradientOfTheReference) {
  OpKind kind = find("relu");
  static const Implementation<double> wrong[] = {
      {"ref", accept, make_kernel<double, WrongGradient>}};
  kind.float64 = wrong;
  EXPECT_NE(text(check(kind, two_threads())).find("central difference"), std::string::npos);
}

}  // namespace
}  // namespace laconic::ops
