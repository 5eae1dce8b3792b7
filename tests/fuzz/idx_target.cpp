// The four files of an image set, plain or gzip, grey or with channels; one or two of them damaged,
// before or after packing.
#include "tests/data/images/idx_files.hpp"
#include "tests/fuzz/gzipped.hpp"
#include "tests/fuzz/mutation.hpp"
#include "tests/fuzz/target.hpp"

namespace laconic::fuzz {
namespace {

std::string text(const data::test::Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

Files seed(bool with_channels) {
  using namespace data::test;
  const SmallSet set;
  Files files = {{"train-images-idx3-ubyte", text(set.train_images)},
                 {"train-labels-idx1-ubyte", text(set.train_labels)},
                 {"t10k-images-idx3-ubyte", text(set.test_images)},
                 {"t10k-labels-idx1-ubyte", text(set.test_labels)}};
  if (with_channels) {
    files["train-images-idx3-ubyte"] = text(idx_bytes({20, 2, 3, 2}, some_pixels(20, 12)));
    files["t10k-images-idx3-ubyte"] = text(idx_bytes({6, 2, 3, 2}, some_pixels(6, 12)));
  }
  return files;
}

Input make_idx_input(uint64_t number) {
  Draw draw(number);
  Files files = seed(draw.coin());
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) names.push_back(name);
  const bool hopeless = number % 97 == 0;
  for (uint64_t left = 1 + draw.below(2); left > 0; --left) {
    const std::string name = draw.of(names);
    std::string bytes = files[name];
    const std::string other = files[draw.of(names)];
    const uint64_t packing = draw.below(3);  // none; then damaged; damaged, then packed
    if (packing == 1) bytes = gzipped(bytes);
    bytes = hopeless ? bytes.substr(0, draw.below(8)) : mutate(bytes, other, draw);
    files[name] = packing == 2 ? gzipped(bytes) : bytes;
  }
  return {files, hopeless};
}

void load_idx(const Files&, const std::string& folder) {
  data::test::idx_source(folder).load(1);
}

}  // namespace

Target idx_target() {
  return {"idx", make_idx_input, load_idx, true};
}

}  // namespace laconic::fuzz
