// Compares kernels with their references, kernel by kernel. An operator's conformance compares whole
// nodes (conformance.hpp); this compares the functions below them, and those that no operator uses:
// selection, codes, losses, updates.
//
// A call is made of a kernel and of its reference with equal arguments: exact numbers, random ones,
// and with a NaN; of sizes around the lanes of all vectors. Afterwards all memory of both calls is
// compared. With exact numbers every bit must be equal, and every guard always.
//
// A folder with kernels has a file of calls (relu_check.cpp), which ends with
//   constinit const KernelChecks<ReluKernels> relu_checks = {
//       {"relu", walk_isas<ReluKernels>}, relu_calls, relu_kernels, &relu_kernels_ref};
//
// The tests and `laconic selftest` walk the list of ops/list.hpp.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "framework/ops/failure.hpp"
#include "framework/ops/trial.hpp"

namespace laconic::ops {

// One kernel of a Table of functions, and a call of it.
template <class Table>
struct KernelCheck {
  const char* name;                    // "relu.backward"
  void (*call)(const Table&, Trial&);  // the kernel on the memory of a trial
  double tolerance = 0;                // with random numbers
};

// What a walk found about one kernel on one instruction set.
struct Walked {
  const char* kernel;
  const char* isa;  // "any" where there is only one body
  std::vector<Failure> failures;
};

// The kernels of one folder, as ops/list.hpp has them.
struct KernelSet {
  const char* name;
  // Checks every kernel on every instruction set up to `most`.
  std::vector<Walked> (*walk)(const KernelSet&, Isa most);
};

template <class Table>
struct KernelChecks : KernelSet {
  std::span<const KernelCheck<Table>> checks;
  const Table& (*fast)(Isa);
  const Table* ref;
};

// Calls `call` for two trials at a time, of a kernel and of its reference, and compares them.
std::vector<Failure> compare_calls(const char* kernel, const Context& context, double tolerance,
                                   const std::function<void(bool fast, Trial&)>& call);

// Checks the kernels `fast`, which need not be those of the set.
template <class Table>
std::vector<Walked> check_table(const KernelChecks<Table>& set, const Table& fast, Isa isa,
                                const char* label) {
  std::vector<Walked> all;
  if (set.checks.size() * sizeof(void (*)()) != sizeof(Table))
    all.push_back({set.name, label, {{set.name, "a kernel has no check"}}});
  for (const KernelCheck<Table>& each : set.checks)
    all.push_back(
        {each.name, label,
         compare_calls(each.name, {.isa = isa}, each.tolerance, [&](bool is_fast, Trial& trial) {
           each.call(is_fast ? fast : *set.ref, trial);
         })});
  return all;
}

// For KernelSet::walk, where each instruction set has a body, and where there is one body.
template <class Table>
std::vector<Walked> walk_isas(const KernelSet& set, Isa most) {
  const auto& checks = static_cast<const KernelChecks<Table>&>(set);
  std::vector<Walked> all;
  for (int level = 0; level <= static_cast<int>(most); ++level) {
    const auto isa = static_cast<Isa>(level);
    for (Walked& each : check_table(checks, checks.fast(isa), isa, isa_name(isa)))
      all.push_back(std::move(each));
  }
  return all;
}
template <class Table>
std::vector<Walked> walk_once(const KernelSet& set, Isa most) {
  const auto& checks = static_cast<const KernelChecks<Table>&>(set);
  return check_table(checks, checks.fast(most), most, "any");
}

}  // namespace laconic::ops
