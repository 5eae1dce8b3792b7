#include "framework/base/cpu_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace laconic {
namespace {

// Returns the first number of "4" or "4,2"; 0 where there is none.
int first_number(const char* text) {
  if (text == nullptr) return 0;
  const std::string_view all(text);
  int number = 0;
  const auto [end, error] = std::from_chars(all.data(), all.data() + all.size(), number);
  const bool ends = end == all.data() + all.size() || *end == ',' || *end == ' ';
  return error == std::errc() && ends ? std::max(0, number) : 0;
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// "200000 100000" in cpu.max means two CPUs, "max 100000" no limit; -1 in cpu.cfs_quota_us likewise.
double quota_of(const std::string& folder) {
  double quota = 0, period = 0;
  const std::string text = first_line(folder + "/cpu.max");
  if (std::sscanf(text.c_str(), "%lf %lf", &quota, &period) != 2) {
    quota = std::atof(first_line(folder + "/cpu.cfs_quota_us").c_str());
    period = std::atof(first_line(folder + "/cpu.cfs_period_us").c_str());
  }
  return quota > 0 && period > 0 ? quota / period : 0;
}

}  // namespace

double granted_cpus(const std::string& root, const std::string& proc_cgroup) {
  double least = 0;
  const auto take = [&](const std::string& folder) {
    const double quota = quota_of(folder);
    if (quota > 0) least = least > 0 ? std::min(least, quota) : quota;
  };
  // Lines are "0::/path" in version 2, "4:cpu,cpuacct:/path" in version 1.
  std::istringstream lines(proc_cgroup);
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool has_cpu = ("," + controllers + ",").find(",cpu,") != line.npos;
    if (!controllers.empty() && !has_cpu) continue;
    const std::string mount = controllers.empty() ? root : fmt::format("{}/{}", root, controllers);
    std::string path = line.substr(second + 1);
    for (; !path.empty() && path != "/"; path.resize(path.rfind('/'))) take(mount + path);
    take(mount);
  }
  return least;
}

CpuLimits cpu_limits() {
  CpuLimits limits;
  for (const char* name : {"OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "SLURM_CPUS_PER_TASK"}) {
    const int number = first_number(std::getenv(name));
    if (number == 0 || (limits.threads > 0 && number >= limits.threads)) continue;
    limits.threads = number;
    limits.asked_by = fmt::format("{}={}", name, number);
  }
  std::ifstream groups("/proc/self/cgroup");
  std::stringstream text;
  text << groups.rdbuf();
  limits.granted_cpus = granted_cpus("/sys/fs/cgroup", text.str());
  return limits;
}

int CpuLimits::threads_of(int cores, int ranks) const {
  if (threads > 0) cores = std::min(cores, threads);
  if (granted_cpus > 0) cores = std::min(cores, static_cast<int>(granted_cpus / ranks));
  return std::max(1, cores);
}

}  // namespace laconic
