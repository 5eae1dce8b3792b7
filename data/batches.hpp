// The interface between training and any kind of data. A training set consists of units (clusters
// of a graph, images). An epoch is a permutation of the units, cut into groups. A batch is built
// from one group.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "framework/graph/feed.hpp"

namespace laconic::data {

// A batch and its memory, which is sized for the largest possible group.
class Batch {
 public:
  virtual ~Batch() = default;
  // Builds the batch of `group` (ascending unit numbers), and allocates nothing. An empty group
  // gives a batch without rows. The caller sets the step of the feed.
  // Lifetime: the feed is valid until the next build.
  virtual graph::Feed<float>& build(std::span<const int32_t> group) = 0;
  virtual const graph::Feed<float>& feed() const = 0;
  virtual int64_t memory_bytes() const = 0;
};

class Batches {
 public:
  virtual ~Batches() = default;
  virtual int32_t units() const = 0;
  virtual int32_t units_per_batch() const = 0;
  // Returns the number of labels in a group without building it.
  virtual int64_t labels_in(std::span<const int32_t> group) const = 0;
  virtual int64_t rows() const = 0;      // rows per epoch, so of all units
  virtual int64_t max_rows() const = 0;  // the largest number of rows per batch
  // Returns the largest sizes of a batch.
  virtual ops::Extents largest() const { return max_rows(); }
  virtual std::unique_ptr<Batch> make_batch() const = 0;
};

}  // namespace laconic::data
