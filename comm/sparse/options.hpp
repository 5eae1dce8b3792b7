// The options of the sparse allreduces. Their keys are in the group `comm`, beside `allreduce`.
#pragma once

#include <memory>
#include <type_traits>

#include "comm/base/link.hpp"
#include "comm/sparse/sparse_allreduce.hpp"
#include "framework/config/field.hpp"

namespace laconic::comm {

// Declares how pairs are sent: index_codec, value_type.
void describe(PairFormat& format, config::Fields& f);

// The options that all sparse allreduces share. Each allreduce has a struct that derives from it
// (list.hpp: make_options).
struct SparseOptions : config::Options {
  PairFormat format{ops::IndexCodec::rice, ops::ValueType::bfloat16};

  void describe(config::Fields& f) override { comm::describe(format, f); }
  // Makes the allreduce of one bucket. It may choose by the link.
  virtual std::unique_ptr<SparseAllreduce> make(const Context& context, const Link& link,
                                                int ranks) const = 0;
};

// The options of allreduces that have no keys of their own, and do not choose by the link.
template <class T>
struct SharedOptions final : SparseOptions {
  std::unique_ptr<SparseAllreduce> make(const Context& context, const Link&,
                                        int ranks) const override {
    if constexpr (std::is_constructible_v<T, const Context&, const PairFormat&, int>)
      return std::make_unique<T>(context, format, ranks);
    else
      return std::make_unique<T>(context, format);
  }
};

}  // namespace laconic::comm
