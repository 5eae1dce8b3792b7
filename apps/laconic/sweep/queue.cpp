#include "apps/laconic/sweep/queue.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <sstream>

#include "framework/base/child.hpp"

namespace laconic::sweep {
namespace {

// Returns whether `command` is a script of slurm/ on `folder`, with or without more arguments.
bool runs(const std::string& command, const char* script, const std::string& folder) {
  const std::string wanted = fmt::format("/{} {}", script, folder);
  const size_t at = command.find(wanted);
  if (at == std::string::npos) return false;
  const size_t end = at + wanted.size();
  return end == command.size() || command[end] == ' ';
}

}  // namespace

std::vector<int64_t> queued_in(const std::string& lines, const SweepFolder& sweep) {
  std::set<int64_t> found;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    if (runs(line, "sweep_pack.sbatch", sweep.path()))
      for (const Trial& trial : sweep.trials()) found.insert(trial.index);
    int64_t index = -1;
    std::from_chars(line.data(), line.data() + line.size(), index);
    if (runs(line, "sweep_array.sbatch", sweep.path())) found.insert(index);
  }
  return {found.begin(), found.end()};
}

std::vector<int64_t> queued(const SweepFolder& sweep) {
  const auto squeue =
      finish({.command = {"squeue", "--me", "--array", "--noheader",
                          "--states=PENDING,CONFIGURING,RUNNING,SUSPENDED", "--format=%K %o"}});
  if (!squeue || squeue->code != 0) return {};
  return queued_in(squeue->out, sweep);
}

}  // namespace laconic::sweep
