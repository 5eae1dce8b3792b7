// Rows in libsvm's text format, plain or gzip, damaged before or after packing.
#include "data/rows/libsvm.hpp"
#include "tests/fuzz/gzipped.hpp"
#include "tests/fuzz/mutation.hpp"
#include "tests/fuzz/target.hpp"

namespace laconic::fuzz {
namespace {

Input make(uint64_t number) {
  Draw draw(number);
  const std::string seed = "-1 1:0.5 3:1e-3 11:-2\n+1 2:1\n\n1 # nothing\n-1 7:0.25 8:1\n";
  const std::string other = "1.0 1:1\r\n2.0 2:+3\r\n";
  const uint64_t packing = draw.below(3);  // none; then damaged; damaged, then packed
  std::string bytes = packing == 1 ? gzipped(seed) : seed;
  bytes = mutate(bytes, other, draw);
  return {{{"rows.svm", packing == 2 ? gzipped(bytes) : bytes}}, false};
}

void load(const Files&, const std::string& folder) {
  data::read_libsvm(folder + "/rows.svm");
}

}  // namespace

Target libsvm_target() {
  return {"libsvm", make, load, true};
}

}  // namespace laconic::fuzz
