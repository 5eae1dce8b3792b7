// Files in the idx format for tests, plain or gzip.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <string>
#include <vector>

#include "data/images/formats/idx.hpp"

namespace laconic::data::test {

using Bytes = std::vector<uint8_t>;

// An idx file of `sizes` whose header is right.
inline Bytes idx_bytes(const std::vector<uint32_t>& sizes, const Bytes& data) {
  Bytes all = {0, 0, 8, static_cast<uint8_t>(sizes.size())};
  for (const uint32_t size : sizes)
    for (const int shift : {24, 16, 8, 0}) all.push_back(static_cast<uint8_t>(size >> shift));
  all.insert(all.end(), data.begin(), data.end());
  return all;
}

inline void write_bytes(const std::string& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
}

inline Bytes read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

inline void write_gzip(const std::string& path, const Bytes& bytes) {
  const gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), std::ssize(bytes));
  gzclose(file);
}

// Pixels that differ from image to image, but image 3 equals image 1.
inline Bytes some_pixels(uint32_t count, uint32_t values) {
  Bytes pixels;
  for (uint32_t i = 0; i < count; ++i)
    for (uint32_t v = 0; v < values; ++v)
      pixels.push_back(static_cast<uint8_t>((i == 3 ? 1 : i) * 7 + v * 13));
  return pixels;
}

inline Bytes some_labels(uint32_t count, uint32_t classes) {
  Bytes labels;
  for (uint32_t i = 0; i < count; ++i) labels.push_back(static_cast<uint8_t>(i % classes));
  return labels;
}

// 20 training and 6 test images of 4 x 3, 5 classes.
struct SmallSet {
  Bytes train_images = idx_bytes({20, 4, 3}, some_pixels(20, 12));
  Bytes train_labels = idx_bytes({20}, some_labels(20, 5));
  Bytes test_images = idx_bytes({6, 4, 3}, some_pixels(6, 12));
  Bytes test_labels = idx_bytes({6}, some_labels(6, 5));

  void write(const std::string& folder, bool gzip = false) const {
    const auto put = [&](const std::string& name, const Bytes& bytes) {
      gzip ? write_gzip(folder + "/" + name + ".gz", bytes)
           : write_bytes(folder + "/" + name, bytes);
    };
    put("train-images-idx3-ubyte", train_images);
    put("train-labels-idx1-ubyte", train_labels);
    put("t10k-images-idx3-ubyte", test_images);
    put("t10k-labels-idx1-ubyte", test_labels);
  }
};

inline IdxSource idx_source(const std::string& folder) {
  IdxSource source;
  source.idx.folder = folder;
  return source;
}

}  // namespace laconic::data::test
