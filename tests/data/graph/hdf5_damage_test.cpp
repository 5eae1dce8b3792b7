// Damaged graph files: refused or, where the damage is in a value, still a graph that passes every
// check; never a crash.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "data/graph/formats/rehearse.hpp"
#include "hdf5_copies.hpp"
#include "hdf5_fixture.hpp"

namespace laconic::data {
namespace {

using ::testing::HasSubstr;

class DamagedHdf5 : public Hdf5Test {};

void expect_refused_or_valid(const std::string& path, int& refused) {
  try {
    load_file(path);
  } catch (const Error& error) {
    ++refused;
    ASSERT_TRUE(error.code() == ExitCode::data || error.code() == ExitCode::environment)
        << error.what();
    ASSERT_THAT(error.what(), HasSubstr(path));
  }
}

// A new file each time: truncating one in place makes some file systems wait for the disk.
void replace(const std::string& path, std::string_view text) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << text;
}

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(DamagedHdf5, IsRefusedWhereverItIsTruncated) {
  Graph g = tiny_graph();
  g.node_names = {"a", "b", "c", "d", "e"};
  write_graph_hdf5(g, path_);
  const std::string good = content(path_);
  int refused = 0, tried = 0;
  for (size_t length = 0; length < good.size(); length += 23, ++tried) {
    replace(path_, std::string_view(good).substr(0, length));
    expect_refused_or_valid(path_, refused);
  }
  EXPECT_EQ(refused, tried);
}

TEST_F(DamagedHdf5, NeverCrashesWithFlippedBits) {
  Graph g = tiny_graph();
  g.node_names = {"a", "b", "c", "d", "e"};
  write_graph_hdf5(g, path_);
  const std::string old_path = path_ + ".old";
  copy_in_old_format(path_, old_path);
  for (const std::string& good : {content(path_), content(old_path)}) {
    replace(path_, good);
    expect_equal(load(), g);
    int refused = 0, informative = 0;
    for (size_t at = 0; at < good.size(); ++at) {
      if (good[at] == 0) continue;  // most of the file is padding
      if (++informative % 7 != 0) continue;
      std::string bad = good;
      bad[at] ^= static_cast<char>(1 << (at % 8));
      replace(path_, bad);
      expect_refused_or_valid(path_, refused);
    }
    EXPECT_GT(refused, 20);
  }
  std::filesystem::remove(old_path);
}

TEST(Rehearse, PassesOnErrorsAndTurnsCrashesAndLoopsIntoThem) {
  const auto outcome = [](const std::function<void()>& action, ExitCode code = ExitCode::data) {
    return error_of([&] { rehearse(action, 5, "it died"); }, code);
  };
  EXPECT_EQ(outcome([] {}), "");
  const std::string words(100000, 'x');
  EXPECT_EQ(outcome([&] { fail(ExitCode::config, "{}", words); }, ExitCode::config), words);
  EXPECT_EQ(outcome([] { throw std::runtime_error("other"); }, ExitCode::internal),
            "internal error: other");
  EXPECT_EQ(outcome([] { throw std::bad_alloc(); }, ExitCode::environment), "out of memory");
  EXPECT_EQ(outcome([] { raise(SIGSEGV); }), "it died");
  EXPECT_EQ(outcome([] { std::abort(); }), "it died");
  const auto loop = [] {
    for (;;) pause();
  };
  EXPECT_EQ(error_of([&] { rehearse(loop, 1, "it died"); }), "it died");
}

}  // namespace
}  // namespace laconic::data
