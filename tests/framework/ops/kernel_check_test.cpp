// Every kernel of the list against its reference, and the check of each kernel against that kernel
// with one wrong bit.
#include "framework/ops/kernel_check.hpp"

#include <gtest/gtest.h>

#include <set>

#include "framework/ops/bits/bits_ref.hpp"
#include "framework/ops/channel_norm/channel_norm_kernels.hpp"
#include "framework/ops/codec/codec_ref.hpp"
#include "framework/ops/dropout/dropout_kernels.hpp"
#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/gemm/gemm_check.hpp"
#include "framework/ops/layer_norm/layer_norm_kernels.hpp"
#include "framework/ops/list.hpp"
#include "framework/ops/loss/loss_kernels.hpp"
#include "framework/ops/max_pool2d/max_pool2d_kernels.hpp"
#include "framework/ops/relu/relu_kernels.hpp"
#include "framework/ops/select/select_kernels.hpp"
#include "framework/ops/select/select_ref.hpp"
#include "framework/ops/spmm/spmm_kernels.hpp"
#include "framework/ops/update/update_ref.hpp"

namespace laconic::ops {
namespace {

TEST(EveryKernel, DoesWhatItsReferenceSays) {
  std::string failures;
  for (const KernelSet* set : kernel_sets())
    for (const Walked& each : set->walk(*set, detect_isa()))
      for (const Failure& failure : each.failures)
        failures += failure.where + ": " + failure.what + "\n";
  EXPECT_EQ(failures, "");
}

// flip() flips the lowest bit of the first number that an argument gives a kernel to write, and
// returns true; false if the argument is read, null or of no length.
struct Flip {
  template <class T>
  static void bit(T& value) {
    reinterpret_cast<unsigned char&>(value) ^= 1;
  }
  template <class T>
  bool operator()(const T&) const {
    return false;
  }
  template <class T>
  requires(!std::is_const_v<T>) bool operator()(T* const& data) const {
    if (data != nullptr) bit(*data);
    return data != nullptr;
  }
  bool operator()(const Strided<float>& out) const { return (*this)(out.data); }
  bool operator()(const MatrixView<float>& out) const { return (*this)(out.data); }
  bool operator()(const SpmmArgs& args) const { return (*this)(args.out); }
  bool operator()(const BitsArgs& args) const { return (*this)(args.out); }
  bool operator()(const LayerNormArgs& args) const { return (*this)(args.saved); }
  bool operator()(PairBuffer& to) const {
    if (to.count > 0) bit(to.values[0]);
    return to.count > 0;
  }
  bool operator()(SparseVector& out) const {
    if (out.size() > 0) bit(out.values[0]);
    return out.size() > 0;
  }
  bool operator()(std::vector<std::byte>& out) const {
    if (!out.empty()) bit(out[0]);
    return !out.empty();
  }
};

// A kernel with one wrong bit: in what it returns, or in argument `output`.
template <auto member>
struct Wrong;
template <class Table, class Result, class... Arguments, Result (*Table::*member)(Arguments...)>
struct Wrong<member> {
  static inline Result (*right)(Arguments...);
  static inline size_t output;  // sizeof...(Arguments): what it returns
  static inline int64_t calls;
  static inline bool flipped;

  static Result call(Arguments... arguments) {
    const auto flip_argument = [&] {
      if (calls++ % 2 == 1) return;  // two calls may have one memory
      size_t number = 0;
      ((number++ == output && Flip()(arguments) ? void(flipped = true) : void()), ...);
    };
    if constexpr (std::is_void_v<Result>) {
      right(arguments...);
      flip_argument();
    } else {
      Result result = right(arguments...);
      flip_argument();
      if (output == sizeof...(Arguments)) {
        Flip::bit(result);
        flipped = true;
      }
      return result;
    }
  }

  // Expects failures of check(table) for a table whose kernel `member` is wrong, for each of its
  // outputs. Returns their number.
  template <class Check>
  static int expect_failures(const Table& table, Check check) {
    int outputs = 0;
    Table wrong = table;
    right = table.*member;
    wrong.*member = call;
    for (output = 0; output <= sizeof...(Arguments); ++output) {
      flipped = false;
      calls = 0;
      const std::vector<Failure> failures = check(wrong);
      if (flipped) {
        ++outputs;
        EXPECT_FALSE(failures.empty()) << "output " << output;
      }
    }
    return outputs;
  }
};

std::set<std::string> covered;

template <auto member, class Table>
void expect_report(const KernelChecks<Table>& set, const char* name) {
  covered.insert(name);
  KernelChecks<Table> only = set;
  for (size_t i = 0; i < set.checks.size(); ++i)
    if (std::string(set.checks[i].name) == name) only.checks = set.checks.subspan(i, 1);
  for (int level = 0; level <= static_cast<int>(detect_isa()); ++level) {
    const auto isa = static_cast<Isa>(level);
    SCOPED_TRACE(testing::Message() << name << " " << isa_name(isa));
    EXPECT_GT(Wrong<member>::expect_failures(
                  set.fast(isa),
                  [&](const Table& wrong) {
                    const Walked walked = check_table(only, wrong, isa, isa_name(isa)).back();
                    EXPECT_STREQ(walked.kernel, name);
                    return walked.failures;
                  }),
              0);
  }
}

TEST(OneWrongBit, OfEveryKernelIsReportedWithItsName) {
  covered.clear();
  expect_report<&ElementwiseKernels::copy>(elementwise_checks, "elementwise.copy");
  expect_report<&ElementwiseKernels::add>(elementwise_checks, "elementwise.add");
  expect_report<&ElementwiseKernels::fill_rows>(elementwise_checks, "elementwise.fill_rows");
  expect_report<&ElementwiseKernels::column_sums>(elementwise_checks, "elementwise.column_sums");
  expect_report<&ReluKernels::forward>(relu_checks, "relu.forward");
  expect_report<&ReluKernels::backward>(relu_checks, "relu.backward");
  expect_report<&SpmmKernels::rows>(spmm_checks, "spmm.rows");
  expect_report<&SpmmKernels::scatter_rows>(spmm_checks, "spmm.scatter_rows");
  expect_report<&BitsKernels::times_dense>(bits_checks, "bits.times_dense");
  expect_report<&BitsFunctions::transpose>(bits_function_checks, "bits.transpose");
  expect_report<&DropoutKernels::mask>(dropout_checks, "dropout.mask");
  expect_report<&LayerNormKernels::forward>(layer_norm_checks, "layer_norm.forward");
  expect_report<&LayerNormKernels::backward>(layer_norm_checks, "layer_norm.backward");
  expect_report<&ChannelNormKernels::sum>(channel_norm_checks, "channel_norm.sum");
  expect_report<&ChannelNormKernels::squares>(channel_norm_checks, "channel_norm.squares");
  expect_report<&ChannelNormKernels::forward>(channel_norm_checks, "channel_norm.forward");
  expect_report<&ChannelNormKernels::backward_sums>(channel_norm_checks,
                                                    "channel_norm.backward_sums");
  expect_report<&ChannelNormKernels::backward>(channel_norm_checks, "channel_norm.backward");
  expect_report<&MaxPool2dKernels::forward>(max_pool2d_checks, "max_pool2d.forward");
  expect_report<&MaxPool2dKernels::backward>(max_pool2d_checks, "max_pool2d.backward");
  expect_report<&LossKernels::softmax_cross_entropy>(loss_checks, "loss.softmax_cross_entropy");
  expect_report<&LossKernels::sigmoid_cross_entropy>(loss_checks, "loss.sigmoid_cross_entropy");
  expect_report<&UpdateKernels::sgd>(update_checks, "update.sgd");
  expect_report<&UpdateKernels::adam>(update_checks, "update.adam");
  expect_report<&UpdateFunctions::norm>(update_function_checks, "update.norm");
  expect_report<&SelectKernels::append_above>(select_checks, "select.append_above");
  expect_report<&SelectKernels::append_pairs_above>(select_checks, "select.append_pairs_above");
  expect_report<&SelectKernels::magnitude_range>(select_checks, "select.magnitude_range");
  expect_report<&SelectKernels::magnitude_histogram>(select_checks, "select.magnitude_histogram");
  expect_report<&SelectKernels::after_nth_equal>(select_checks, "select.after_nth_equal");
  expect_report<&SelectKernels::accumulate>(select_checks, "select.accumulate");
  expect_report<&SelectKernels::moment_sums>(select_checks, "select.moment_sums");
  expect_report<&SelectFunctions::top_k>(select_function_checks, "select.top_k");
  expect_report<&SelectFunctions::above>(select_function_checks, "select.above");
  expect_report<&SelectFunctions::top_k_of_pairs>(select_function_checks, "select.top_k_of_pairs");
  expect_report<&SelectFunctions::moments>(select_function_checks, "select.moments");
  expect_report<&SelectFunctions::all_finite>(select_function_checks, "select.all_finite");
  expect_report<&SelectFunctions::pair_sum>(select_function_checks, "select.pair_sum");
  expect_report<&CodecFunctions::encode_indices>(codec_checks, "codec.encode_indices");
  expect_report<&CodecFunctions::decode_indices>(codec_checks, "codec.decode_indices");
  expect_report<&CodecFunctions::encode_values>(codec_checks, "codec.encode_values");
  expect_report<&CodecFunctions::decode_values>(codec_checks, "codec.decode_values");
  expect_report<&GemmFunctions::gemm>(gemm_checks, "gemm.gemm");
  for (const KernelSet* set : kernel_sets())
    for (const Walked& each : set->walk(*set, Isa::generic))
      EXPECT_TRUE(covered.contains(each.kernel)) << each.kernel << " is not made wrong here";
}

}  // namespace
}  // namespace laconic::ops
