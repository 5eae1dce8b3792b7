#include "data/images/image_batches.hpp"

#include <algorithm>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

class ImageBatch final : public Batch {
 public:
  ImageBatch(const Images& images, std::shared_ptr<const std::vector<int32_t>> rows,
             int32_t per_batch, const PixelMap& map, const ops::Space& space)
      : images_(images),
        rows_(std::move(rows)),
        map_(map),
        space_(space),
        pixels_(per_batch * images.values()),
        classes_(per_batch) {
    feed_.inputs.resize(1);
    feed_.height = images.height;
    feed_.width = images.width;
  }

  graph::Feed<float>& build(std::span<const int32_t> group) override {
    const auto count = std::ssize(group);
    LACONIC_CHECK(count <= std::ssize(classes_), "{} images, memory for {}", count,
                  classes_.size());
    float* to = pixels_.data();
    for (int64_t i = 0; i < count; ++i) {
      const int32_t row = (*rows_)[group[i]];
      for (const uint8_t byte : images_.image(row)) *to++ = map_.scale * byte + map_.shift;
      classes_[i] = images_.labels[row];
    }
    feed_.rows = count;
    const int64_t input_rows = space_.extent(feed_.extents()).rows();
    feed_.inputs[0].dense = {pixels_.data(), input_rows,
                             space_.is_pixels() ? images_.channels : images_.values()};
    feed_.targets.classes = std::span(classes_).first(count);
    return feed_;
  }
  const graph::Feed<float>& feed() const override { return feed_; }
  int64_t memory_bytes() const override {
    return static_cast<int64_t>(pixels_.size() * sizeof(float) + classes_.size() * sizeof(int32_t));
  }

 private:
  const Images& images_;
  std::shared_ptr<const std::vector<int32_t>> rows_;
  PixelMap map_;
  ops::Space space_;
  std::vector<float> pixels_;
  std::vector<int32_t> classes_;
  graph::Feed<float> feed_;
};

}  // namespace

ImageBatches::ImageBatches(const Images& images, std::vector<int32_t> rows,
                           int64_t images_per_batch, const PixelMap& map, const ops::Space& space)
    : images_(images),
      rows_(std::make_shared<const std::vector<int32_t>>(std::move(rows))),
      per_batch_(static_cast<int32_t>(
          std::clamp<int64_t>(images_per_batch, 1, std::max<int64_t>(1, std::ssize(*rows_))))),
      map_(map),
      space_(space) {}

std::unique_ptr<Batch> ImageBatches::make_batch() const {
  return std::make_unique<ImageBatch>(images_, rows_, per_batch_, map_, space_);
}

}  // namespace laconic::data
