#include "framework/base/cpu_limits.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "framework/base/context.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic {
namespace {

constexpr const char* variables[] = {"OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "SLURM_CPUS_PER_TASK"};

// Restores the variables that it clears.
class CpuLimitsOf : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : variables) {
      before_.emplace_back(std::getenv(name) ? std::getenv(name) : "");
      ::unsetenv(name);
    }
  }
  void TearDown() override {
    for (size_t i = 0; i < std::size(variables); ++i)
      if (before_[i].empty())
        ::unsetenv(variables[i]);
      else
        ::setenv(variables[i], before_[i].c_str(), 1);
  }

 private:
  std::vector<std::string> before_;
};

TEST_F(CpuLimitsOf, TheEnvironmentAreTheSmallestNumber) {
  EXPECT_EQ(cpu_limits().threads, 0);
  ::setenv("OMP_NUM_THREADS", "4,2", 1);
  EXPECT_EQ(cpu_limits().threads, 4);
  ::setenv("SLURM_CPUS_PER_TASK", "3", 1);
  EXPECT_EQ(cpu_limits().asked_by, "SLURM_CPUS_PER_TASK=3");
  ::setenv("OMP_THREAD_LIMIT", "1", 1);
  EXPECT_EQ(cpu_limits().threads, 1);
  EXPECT_EQ(default_threads(1), 1);
}

TEST_F(CpuLimitsOf, OddValuesAreNone) {
  for (const char* value : {"", "0", "-3", "many", "3(x2)", "99999999999999999999"}) {
    for (const char* name : variables) ::setenv(name, value, 1);
    EXPECT_EQ(cpu_limits().threads, 0) << value;
  }
}

TEST(ThreadsOfARank, AreLimitedByWhatIsAskedForAndGranted) {
  EXPECT_EQ((CpuLimits{}.threads_of(8, 2)), 8);
  EXPECT_EQ((CpuLimits{4, "", 0}.threads_of(8, 2)), 4);
  EXPECT_EQ((CpuLimits{4, "", 0}.threads_of(2, 2)), 2);
  EXPECT_EQ((CpuLimits{0, "", 6}.threads_of(8, 2)), 3);
  EXPECT_EQ((CpuLimits{0, "", 1.5}.threads_of(8, 2)), 1);
}

TEST(GrantedCpus, AreTheLeastOfAGroupAndThoseAroundIt) {
  const TemporaryFolder folder;
  const auto write = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder / name).parent_path());
    std::ofstream(folder / name) << text << '\n';
  };
  const auto granted = [&](const std::string& groups) {
    return granted_cpus(folder.path(), groups);
  };
  EXPECT_EQ(granted("0::/job/step"), 0);
  write("job/step/cpu.max", "max 100000");
  EXPECT_EQ(granted("0::/job/step\n"), 0);
  write("job/cpu.max", "250000 100000");
  EXPECT_EQ(granted("9:name=systemd:/\n0::/job/step\n"), 2.5);
  write("job/step/cpu.max", "100000 100000");
  EXPECT_EQ(granted("0::/job/step"), 1);
  write("cpu,cpuacct/job/cpu.cfs_quota_us", "50000");
  write("cpu,cpuacct/job/cpu.cfs_period_us", "100000");
  EXPECT_EQ(granted("5:cpuset:/x\n4:cpu,cpuacct:/job/task"), 0.5);
  write("cpu,cpuacct/job/cpu.cfs_quota_us", "-1");
  EXPECT_EQ(granted("4:cpu,cpuacct:/job/task"), 0);
}

}  // namespace
}  // namespace laconic
