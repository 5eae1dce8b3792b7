// Batches of images: the units are the images of a list. Building turns bytes into numbers and
// allocates nothing.
#pragma once

#include "data/batches.hpp"
#include "data/images/images.hpp"

namespace laconic::data {

class ImageBatches final : public Batches {
 public:
  // Unit u is image rows[u]. `images` must outlive this and its batches; `map` is applied to
  // pixels.
  ImageBatches(const Images& images, std::vector<int32_t> rows, int64_t images_per_batch,
               const PixelMap& map);

  int32_t units() const override { return static_cast<int32_t>(rows_->size()); }
  int32_t units_per_batch() const override { return per_batch_; }
  int64_t labels_in(std::span<const int32_t> group) const override { return std::ssize(group); }
  int64_t rows() const override { return units(); }
  int64_t max_rows() const override { return per_batch_; }
  std::unique_ptr<Batch> make_batch() const override;
  int64_t memory_bytes() const override;

 private:
  const Images& images_;
  std::shared_ptr<const std::vector<int32_t>> rows_;  // batches keep it too
  int32_t per_batch_;
  PixelMap map_;
};

}  // namespace laconic::data
