// What an epoch is dealt out in. A training set is a number of units (clusters of a graph, images);
// an epoch is a permutation of the units cut into groups, a batch is made from one group. Here is
// what training needs to know of that, whatever the data are.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "framework/graph/feed.hpp"

namespace laconic::data {

// One batch with its memory, which is sized for the largest possible group.
class Batch {
 public:
  virtual ~Batch() = default;
  // Makes the batch of `group`: unit numbers, ascending; an empty group makes a batch without rows.
  // Allocates nothing. The feed is valid until the next build; its step is the caller's to set.
  virtual graph::Feed<float>& build(std::span<const int32_t> group) = 0;
  virtual const graph::Feed<float>& feed() const = 0;
};

class Batches {
 public:
  virtual ~Batches() = default;
  virtual int32_t units() const = 0;
  virtual int32_t units_per_batch() const = 0;
  // Labels in a group, without building it.
  virtual int64_t labels_in(std::span<const int32_t> group) const = 0;
  virtual int64_t rows() const = 0;      // of all units: what an epoch goes through
  virtual int64_t max_rows() const = 0;  // of a batch
  virtual std::unique_ptr<Batch> make_batch() const = 0;
  virtual int64_t memory_bytes() const = 0;  // of what it owns, batches apart
};

}  // namespace laconic::data
