// A run hears the end of its job and the files in its folder; time is the test's.
#include "apps/laconic/run/stop_request.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "framework/base/error.hpp"
#include "tests/framework/base/lying_files.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

class StopRequestTest : public ::testing::Test {
 protected:
  StopRequest make(std::optional<double> end, double margin_s) {
    return {real_files(),
            {folder_.path(), end, margin_s, [this] { return wall_; }, [this] { return now_; }}};
  }
  void put(const std::string& name) { real_files().create(folder_ / name)->close(); }
  bool is_there(const std::string& name) { return real_files().exists(folder_ / name); }

  TemporaryFolder folder_;
  double wall_ = 1000, now_ = 1000;
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

TEST_F(StopRequestTest, AClockThatIsSetChangesNothing) {
  StopRequest request = make(1100, 60);
  for (const double set_to : {5000.0, -5000.0}) {
    wall_ = set_to;
    now_ += 2;
    EXPECT_FALSE(request.poll().stop) << "not late";
  }
  put("stop");
  now_ += 2;
  EXPECT_TRUE(request.poll().stop) << "seen";
  EXPECT_TRUE(make(1100, 60).poll().stop);
}

TEST_F(StopRequestTest, OnlyPlainFilesAreRequests) {
  put("important");
  for (const char* name : {"checkpoint", "stop"}) {
    real_files().make_directories(folder_ / name);
    put(std::string(name) + "/mine");
  }
  StopRequest request = make({}, 0);
  StopRequest::Heard heard = request.poll();
  EXPECT_FALSE(heard.stop || heard.checkpoint);
  forget_requests(real_files(), folder_.path());
  for (const char* name : {"checkpoint", "stop"}) {
    EXPECT_TRUE(is_there(std::string(name) + "/mine"));
    std::filesystem::remove_all(folder_ / name);
    std::filesystem::create_symlink(folder_ / "important", folder_ / name);
  }
  now_ += 2;
  heard = request.poll();
  EXPECT_FALSE(heard.stop || heard.checkpoint);
  forget_requests(real_files(), folder_.path());
  for (const char* name : {"important", "checkpoint", "stop"}) EXPECT_TRUE(is_there(name));
}

TEST(StopRequestOnABadDisk, ARequestThatCannotBeTakenAwayIsHeardOnce) {
  LyingFiles files;
  files.make_directories("/run");
  double now = 0;
  const auto clock = [&] { return now; };
  StopRequest request(files, {"/run", {}, 0, clock, clock});
  files.create("/run/checkpoint");
  files.how = LyingFiles::How::io_error;
  files.fail_call = files.calls;
  EXPECT_TRUE(request.poll().checkpoint);
  EXPECT_TRUE(files.exists("/run/checkpoint"));
  now += 11;
  EXPECT_FALSE(request.poll().checkpoint);
  EXPECT_FALSE(files.exists("/run/checkpoint"));
  files.create("/run/checkpoint");
  now += 2;
  EXPECT_TRUE(request.poll().checkpoint);
}

TEST(JobEnd, IsReadFromTheEnvironmentOrRefused) {
  ::unsetenv("SLURM_JOB_END_TIME");
  EXPECT_FALSE(job_end());
  ::setenv("SLURM_JOB_END_TIME", "1800000000", 1);
  EXPECT_EQ(job_end(1.7e9), 1.8e9);
  EXPECT_FALSE(job_end(1.9e9)) << "another job's";
  for (const char* none : {"", "0", "-1", "soon", "12:30", "1e9", "17 ", "4294967295",
                           "9000000000000000000", "99999999999999999999"}) {
    ::setenv("SLURM_JOB_END_TIME", none, 1);
    EXPECT_FALSE(job_end(1.7e9)) << none;
  }
  ::unsetenv("SLURM_JOB_END_TIME");
}

}  // namespace
}  // namespace laconic::test
