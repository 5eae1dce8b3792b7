#include "data/graph/formats/debian.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include <fstream>

#include "data/graph/formats/debian_packages.hpp"
#include "small_graphs.hpp"

namespace laconic::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Odd on purpose: continuation lines, alternatives, versions, :any, architectures, self and unknown
// relations, an older and a newer stanza of one name, a stanza without a name, a line that is no
// field, no newline at the end.
constexpr const char* packages = R"(Package: beta-utils2
Version: 1.0-1
Section: utils
Depends: alpha (>= 1.2) | mail-transport-agent, libc6:any [amd64],
 gamma (<< 2)
Recommends: beta-utils2
Description: Tools for Beta, version-2
 The long description says nothing: Depends: delta
Tag: x::y

Package: alpha
Version: 9.0-1
Section: contrib/utils
Description: old alpha

this is no field at all
Package: alpha
VERSION: 1:1.0-1
section: non-free/games
pre-depends: gamma
Description: Alpha

Version: 3
Section: nameless


Package: gamma
Version: 1.9~rc1
Section: utils
Suggests: delta | alpha
Description: Naïve gamma

Package: libc6
Version: 2.36
Description: no section
Package-Type: deb)";

TEST(DebianPackages, ReadsStanzasHoweverOdd) {
  const auto found = parse_packages(packages);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[0].name, "beta-utils2");
  EXPECT_THAT(found[0].relations,
              ElementsAre("alpha", "mail-transport-agent", "libc6", "gamma", "beta-utils2"));
  EXPECT_EQ(found[0].summary, "Tools for Beta, version-2");
  EXPECT_EQ(found[2].version, "1:1.0-1");
  EXPECT_EQ(found[2].section, "non-free/games");
  EXPECT_THAT(found[2].relations, ElementsAre("gamma"));
  EXPECT_EQ(found[3].name, "gamma");
  EXPECT_EQ(found[4].section, "");
  EXPECT_THAT(parse_packages(""), IsEmpty());
  EXPECT_THAT(parse_packages("\n\n:\n ,|,\n:x\nDepends:,,|\n"), IsEmpty());
}

TEST(DebianPackages, SurvivesCuttingTheTextAnywhere) {
  const std::string text = packages;
  for (size_t length = 0; length <= text.size(); ++length)
    EXPECT_LE(parse_packages(text.substr(0, length)).size(), 5u);
}

TEST(DebianVersions, CompareAsPolicySays) {
  const char* ascending[] = {"~~",    "~",        "",        "0.9",    "1.0~rc1-1",
                             "1.0-1", "1.0-1+b1", "1.0-1.1", "1.0a-1", "1.0+dfsg-1",
                             "1.1",   "1.9",      "1.10",    "2:0.1"};
  for (size_t i = 0; i < std::size(ascending); ++i)
    for (size_t j = 0; j < std::size(ascending); ++j) {
      const int found = compare_versions(ascending[i], ascending[j]);
      EXPECT_EQ((found > 0) - (found < 0), (i > j) - (i < j))
          << ascending[i] << " against " << ascending[j];
    }
  EXPECT_EQ(compare_versions("0:1.0", "1.00"), 0);
}

class Debian : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  DebianSource source() const {
    DebianSource o;
    o.debian = {.packages = path_, .features = 512, .min_class_size = 1};
    return o;
  }
  const std::string path_ = ::testing::TempDir() +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name() +
                            ".Packages";
};

TEST_F(Debian, BuildsTheGraphOfAHandwrittenList) {
  std::ofstream(path_) << packages;
  const Graph g = source().load(1);
  EXPECT_THAT(g.node_names, ElementsAre("alpha", "beta-utils2", "gamma", "libc6"));
  // alpha-beta, alpha-gamma, beta-gamma, beta-libc6; delta and mail-transport-agent are no
  // packages.
  EXPECT_THAT(g.indptr, ElementsAre(0, 2, 5, 7, 8));
  EXPECT_THAT(g.indices, ElementsAre(1, 2, 0, 2, 3, 0, 1, 1));
  EXPECT_THAT(g.class_names, ElementsAre("games", "utils"));
  EXPECT_THAT(g.labels.single, ElementsAre(0, 1, 1, -1));  // the newer alpha won
  // alpha: alpha; beta-utils2: beta utils tools for version 2; gamma: gamma naïve; libc6: libc no
  // section
  EXPECT_THAT(g.features.indptr, ElementsAre(0, 1, 7, 9, 12));
  EXPECT_EQ(g.split.train.size() + g.split.val.size() + g.split.test.size(), 4u);
}

TEST_F(Debian, ReadsGzipAlike) {
  std::ofstream(path_) << packages;
  const Graph plain = source().load(1);
  const gzFile file = gzopen(path_.c_str(), "wb");
  gzputs(file, packages);
  gzclose(file);
  EXPECT_EQ(source().load(1).indices, plain.indices);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  EXPECT_THAT(error_of([&] { source().load(1); }), HasSubstr("damaged"));
}

TEST_F(Debian, SmallSectionsAreNoClassAndNoClassAtAllIsAnError) {
  std::ofstream(path_) << packages;
  DebianSource o = source();
  o.debian.min_class_size = 2;
  EXPECT_THAT(o.load(1).labels.single, ElementsAre(-1, 0, 0, -1));
  o.debian.min_class_size = 50;
  EXPECT_THAT(error_of([&] { o.load(1); }),
              HasSubstr("no section has 50 packages (4 packages in all)"));
  o.debian.packages = "/no/such/Packages";
  EXPECT_THAT(error_of([&] { o.load(1); }), HasSubstr("/no/such/Packages: cannot be read"));
}

TEST_F(Debian, SplitIsSixtyTwentyTwentyAndDoesNotMoveWhenPackagesAreAdded) {
  const auto list = [](int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i) text += "Package: p" + std::to_string(i) + "\nSection: a\n\n";
    return text;
  };
  const auto train_names = [](const Graph& g) {
    std::vector<std::string> names;
    for (const int32_t i : g.split.train) names.push_back(g.node_names[i]);
    return names;
  };
  std::ofstream(path_) << list(0, 3000);
  const Graph all = source().load(1);
  EXPECT_NEAR(static_cast<double>(all.split.train.size()), 1800, 100);
  EXPECT_NEAR(static_cast<double>(all.split.val.size()), 600, 80);
  std::ofstream(path_) << list(1000, 3000);
  const auto everyone = train_names(all);
  for (const std::string& name : train_names(source().load(1)))
    ASSERT_THAT(everyone, ::testing::Contains(name));
}

TEST_F(Debian, ReadsTheListsOfThisMachine) {
  const DebianSource o;
  Graph g;
  try {
    g = o.load(1);
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                ::testing::AnyOf(HasSubstr("apt-get update"), HasSubstr("no section has")));
    GTEST_SKIP() << "no package lists here: " << error.what();
  }
  if (g.nodes() < 50000) GTEST_SKIP() << "only " << g.nodes() << " packages are known here";
  EXPECT_GT(g.undirected_edges(), 3 * g.nodes());
  EXPECT_GE(g.labels.classes, 40);
  EXPECT_NEAR(static_cast<double>(g.split.train.size()), 0.6 * static_cast<double>(g.nodes()),
              0.01 * static_cast<double>(g.nodes()));
}

}  // namespace
}  // namespace laconic::data
