// fuzz_inputs TARGET SECONDS FOLDER [FIRST]: damaged inputs for so long, from number FIRST on. An
// input that is not handled as it must be is kept in FOLDER; then the exit code is 1.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "tests/fuzz/supervise.hpp"

int main(int argc, char** argv) {
  using namespace laconic::fuzz;
  if (argc != 4 && argc != 5) {
    fmt::print(stderr, "usage: fuzz_inputs TARGET SECONDS FOLDER [FIRST]\n");
    return 64;
  }
  const std::chrono::duration<double> limit(std::atof(argv[2]));
  const uint64_t first = argc == 5 ? std::strtoull(argv[4], nullptr, 10) : 0;
  for (const Target& target : targets()) {
    if (target.name != argv[1]) continue;
    const auto start = std::chrono::steady_clock::now();
    const auto more = [&](uint64_t) { return std::chrono::steady_clock::now() - start < limit; };
    const Finding finding = supervise(target, first, more, argv[3]);
    if (!finding.found) return 0;
    fmt::print("{}: input {}: {}\n", target.name, finding.number, finding.what);
    return 1;
  }
  fmt::print(
      stderr,
      "fuzz_inputs: no target {}; allowed: hdf5, idx, import, libsvm, manifest, checkpoint\n",
      argv[1]);
  return 64;
}
