// An allreduce is an object that sums a bucket of gradients over the ranks of a communicator. It
// keeps the memory that its method needs between steps: scratch memory, and the thresholds and
// regions of sparse methods. Nothing is global. comm/exchange/list.hpp lists all allreduces.
//
// Ownership: one object per Exchange, so one per rank.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "comm/base/communicator.hpp"
#include "comm/base/link.hpp"
#include "framework/config/options.hpp"

namespace laconic::comm {

class Allreduce {
 public:
  virtual ~Allreduce() = default;

  // Replaces `values` by their sum over all ranks; all ranks get the same bits.
  // Collective: all ranks pass the same length and bucket.
  // `bucket` counts the sums of one round from 0. It names the same part of the gradient in every
  // round and is the key of a method's state.
  // Allocates only when a bucket is larger than any before.
  virtual void sum(Communicator& communicator, std::span<float> values, int64_t bucket) = 0;
};

// A dense allreduce sums vectors; a sparse one sums what each rank selects. All functions depend on
// their arguments alone, so all ranks decide alike.
struct AllreduceEntry {
  const char* name;
  const char* help;

  // Sparse allreduces only. `make_options` makes the SparseOptions (comm/sparse/options.hpp); it is
  // null for a dense allreduce. In a sum with k pairs per rank, `messages` returns the messages on
  // the critical path, and `pairs` the pairs through the link of one rank.
  config::MakeOptions make_options = nullptr;
  double (*messages)(int ranks) = nullptr;
  double (*pairs)(int64_t k, int ranks) = nullptr;

  // Dense allreduces only. `make` may choose by the link. `traffic` returns the payload of this
  // rank for one sum of n floats. `seconds` predicts the time of the sum by the alpha-beta model
  // (link.hpp), without the additions; null: no prediction. With segments of equal length,
  // comm/model measures the same time. With a fold it differs by at most one message.
  std::unique_ptr<Allreduce> (*make)(const Link& link) = nullptr;
  Traffic (*traffic)(const Link& link, int64_t n, int rank, int ranks) = nullptr;
  double (*seconds)(const Link& link, int64_t n, int ranks) = nullptr;
  bool automatic = false;  // true: `dense` may choose it
  // True: the transport counts every byte, and traffic() is exact. False: the bytes bypass the
  // counters (vendor), and traffic() is a model that is reported instead.
  bool counted = true;

  bool is_sparse() const { return make_options != nullptr; }
};

// Makes an allreduce that does not choose by the link; an AllreduceEntry::make.
template <class T>
std::unique_ptr<Allreduce> make_allreduce(const Link&) {
  return std::make_unique<T>();
}

}  // namespace laconic::comm
