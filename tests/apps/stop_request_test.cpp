// A run hears the end of its job and the files in its folder; time is the test's.
#include "apps/laconic/train/stop_request.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "framework/base/error.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

class StopRequestTest : public ::testing::Test {
 protected:
  StopRequest make(std::optional<double> end, double margin_s) {
    return {real_files(), {folder_.path(), end, margin_s, [this] { return now_; }}};
  }
  void put(const std::string& name) { real_files().create(folder_ / name)->close(); }
  bool is_there(const std::string& name) { return real_files().exists(folder_ / name); }

  TemporaryFolder folder_;
  double now_ = 1000;
};

TEST_F(StopRequestTest, LeavesTheMarginTheLongestStepAndTheLongestCheckpoint) {
  StopRequest request = make(1100, 60);
  EXPECT_FALSE(request.poll().stop);
  now_ = 1015;  // a step of 15 s: 85 left, 75 needed
  EXPECT_FALSE(request.poll().stop);
  request.checkpoint_took(20);  // 95 needed
  EXPECT_TRUE(request.poll().stop);
}

TEST_F(StopRequestTest, IsNeverLateWithoutAnEnd) {
  StopRequest request = make({}, 60);
  now_ = 1e9;
  EXPECT_FALSE(request.poll().stop);
}

TEST_F(StopRequestTest, TakesTheCheckpointFileAndLeavesTheStopFile) {
  StopRequest request = make({}, 0);
  put("checkpoint");
  StopRequest::Heard heard = request.poll();
  EXPECT_TRUE(heard.checkpoint);
  EXPECT_FALSE(heard.stop);
  EXPECT_FALSE(is_there("checkpoint"));
  put("stop");
  EXPECT_FALSE(request.poll().stop);  // looked less than a second ago
  now_ += 2;
  heard = request.poll();
  EXPECT_TRUE(heard.stop);
  EXPECT_FALSE(heard.checkpoint);
  EXPECT_TRUE(is_there("stop"));
  forget_requests(real_files(), folder_.path());
  EXPECT_FALSE(is_there("stop"));
}

TEST(JobEnd, IsReadFromTheEnvironmentOrRefused) {
  ::unsetenv("SLURM_JOB_END_TIME");
  EXPECT_FALSE(job_end());
  ::setenv("SLURM_JOB_END_TIME", "1800000000", 1);
  EXPECT_EQ(job_end(), 1.8e9);
  for (const char* wrong : {"", "soon", "12:30", "1e9", "17 "}) {
    ::setenv("SLURM_JOB_END_TIME", wrong, 1);
    EXPECT_THROW(job_end(), Error) << wrong;
  }
  ::unsetenv("SLURM_JOB_END_TIME");
}

}  // namespace
}  // namespace laconic::test
