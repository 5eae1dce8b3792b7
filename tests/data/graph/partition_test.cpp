#include "data/graph/partition.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <numeric>

#include "data/graph/cluster_batches.hpp"
#include "small_graphs.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::data {
namespace {

using ::testing::HasSubstr;

std::vector<int64_t> sizes(const Partition& p) {
  std::vector<int64_t> count(p.parts, 0);
  for (const int32_t part : p.part_of) ++count.at(part);
  return count;
}

double imbalance(const Partition& p) {
  const auto count = sizes(p);
  return static_cast<double>(*std::max_element(count.begin(), count.end())) * p.parts /
         static_cast<double>(p.part_of.size());
}

class Methods : public ::testing::TestWithParam<Partitioner> {};
INSTANTIATE_TEST_SUITE_P(All, Methods,
                         ::testing::Values(Partitioner::metis, Partitioner::random,
                                           Partitioner::contiguous),
                         [](const auto& tested) { return name(tested.param); });

TEST_P(Methods, GiveBalancedDeterministicPartsNoneEmpty) {
  const Graph g = planted({.nodes = 1000, .blocks = 10, .classes = 5, .features = 1, .degree = 10});
  for (const int64_t parts : {1, 2, 7, 125}) {
    const PartitionOptions options{.parts = parts, .seed = 3, .method = GetParam()};
    const Partition p = partition(g.pattern(), options);
    EXPECT_EQ(p.parts, parts);
    EXPECT_EQ(p.part_of, partition(g.pattern(), options).part_of);
    const auto count = sizes(p);
    EXPECT_GT(*std::min_element(count.begin(), count.end()), 0);
    if (parts < 125) {
      EXPECT_LE(imbalance(p), 1.05);
    }
  }
}

TEST_P(Methods, SurviveGraphsOfFewNodesAndOfNoEdges) {
  const Graph g = tiny_graph();
  for (int64_t parts = 1; parts <= 5; ++parts) {
    const Partition p = partition(g.pattern(), {.parts = parts, .seed = 1, .method = GetParam()});
    EXPECT_GE(p.parts, 1);
    EXPECT_LE(p.parts, parts);
    const auto count = sizes(p);  // renumbered: no part is empty, whatever the method left
    EXPECT_GT(*std::min_element(count.begin(), count.end()), 0);
  }
  const std::vector<int64_t> indptr(21, 0);
  EXPECT_EQ(partition({indptr, {}}, {.parts = 20, .seed = 1, .method = GetParam()}).parts, 20);
}

TEST(Partition, RefusesMorePartsThanNodesAndDirectedGraphs) {
  const Graph g = tiny_graph();
  EXPECT_THAT(error_of([&] { partition(g.pattern(), {.parts = 6}); }),
              HasSubstr("6 parts of a graph of 5 nodes; allowed: 1 to 5"));
  EXPECT_THAT(error_of([&] { partition(g.pattern(), {.parts = 0}); }), HasSubstr("0 parts"));
  const std::vector<int64_t> indptr{0, 1, 1};
  const std::vector<int32_t> indices{1};
  EXPECT_THAT(error_of([&] {
                partition({indptr, indices}, {.parts = 2});
              }),
              HasSubstr("must be undirected"));
}

TEST(Partition, FindsThePlantedBlocks) {
  for (const double within : {0.9, 0.7}) {
    const Graph g = planted({.nodes = 20000,
                             .blocks = 20,
                             .classes = 20,
                             .features = 1,
                             .degree = 20,
                             .within = within});
    const Partition p = partition(g.pattern(), {.parts = 20});
    int64_t inside = 0, kept = 0;  // one class a block: equal labels = the same block
    for (int64_t i = 0; i < g.nodes(); ++i)
      for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k) {
        const int32_t j = g.indices[k];
        if (g.labels.single[i] != g.labels.single[j]) continue;
        ++inside;
        kept += p.part_of[i] == p.part_of[j];
      }
    EXPECT_GE(static_cast<double>(kept), 0.95 * static_cast<double>(inside)) << "within " << within;
    EXPECT_LE(imbalance(p), 1.05);
  }
}

TEST(Partition, BalancesEdgesWhenAsked) {
  // A dense half and a sparse half: by nodes the parts' degrees are far apart, by 1 + degree they
  // are not.
  std::vector<std::pair<int32_t, int32_t>> edges;
  const Random random(5, Stream::test);
  for (int k = 0; k < 20000; ++k)
    edges.emplace_back(random.below(2 * k, 500), random.below(2 * k + 1, 500));
  for (int k = 0; k < 1500; ++k)
    edges.emplace_back(500 + random.below(50000 + 2 * k, 500),
                       500 + random.below(50001 + 2 * k, 500));
  Graph g;
  canonicalise(1000, edges, g.indptr, g.indices);
  const auto heaviest = [&](bool balance_edges) {
    const Partition p = partition(
        g.pattern(),
        {.parts = 4, .seed = 1, .method = Partitioner::metis, .balance_edges = balance_edges});
    std::vector<int64_t> weight(p.parts, 0);
    for (int64_t i = 0; i < 1000; ++i) weight[p.part_of[i]] += 1 + g.pattern().degree(i);
    return static_cast<double>(*std::max_element(weight.begin(), weight.end())) * 4 /
           static_cast<double>(1000 + g.indices.size());
  };
  EXPECT_GT(heaviest(false), 1.5);
  EXPECT_LT(heaviest(true), 1.1);
}

TEST(Partition, LeavesSignalHandlersAsTheyWere) {
  struct sigaction mine = {}, before = {}, after = {};
  mine.sa_handler = [](int) {};
  mine.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &mine, &before);
  partition(tiny_graph().pattern(), {.parts = 2});
  sigaction(SIGTERM, &before, &after);
  EXPECT_EQ(after.sa_handler, mine.sa_handler);
}

// Cuts of METIS 5.1.0, seed 1.
TEST(Partition, CutsTheSharedGraphsAsWellAsMetisIsKnownTo) {
  SKIP_WITHOUT_SHARED_DATA();
  struct Known {
    const char* name;
    const char* split;
    int64_t parts, cut;
  };
  for (const Known& known :
       {Known{"cora", "planetoid", 10, 618}, Known{"cora", "planetoid", 50, 1215},
        Known{"amazon_cs", "per20_s0", 10, 66096}, Known{"amazon_cs", "per20_s0", 50, 124157},
        Known{"coauthor_cs", "per20_s0", 10, 13331}, Known{"coauthor_cs", "per20_s0", 50, 25985},
        Known{"coauthor_cs", "per20_s0", 200, 33876}}) {
    const Graph g = shared_graph(known.name, known.split);
    const Partition p = partition(g.pattern(), {.parts = known.parts});
    EXPECT_LE(static_cast<double>(p.edge_cut), 1.15 * static_cast<double>(known.cut))
        << known.name << " " << known.parts;
    EXPECT_LE(imbalance(p), 1.05) << known.name << " " << known.parts;
    EXPECT_EQ(p.parts, known.parts);
  }
}

TEST(LabelEntropy, IsTheGraphsInOnePartAndZeroInPurePartsAndSkipsUnlabelled) {
  const std::vector<int32_t> classes{0, 0, 1, 1, -1, -1};
  const LabelEntropy one = label_entropy({1, {0, 0, 0, 0, 0, 0}, 0}, classes, 2);
  EXPECT_NEAR(one.graph, std::log(2), 1e-12);
  EXPECT_NEAR(one.parts, std::log(2), 1e-12);
  EXPECT_NEAR(label_entropy({3, {0, 0, 1, 1, 2, 2}, 0}, classes, 2).parts, 0, 1e-12);
}

// Figure 2 of the paper: METIS parts are far purer than the graph; batches of five of fifty come
// back towards it.
TEST(LabelEntropy, FallsInMetisPartsAndRisesAgainInBatchesOfFive) {
  SKIP_WITHOUT_SHARED_DATA();
  for (const char* name : {"cora", "coauthor_cs"}) {
    const Graph g = shared_graph(name, "frac602020_s0");
    const Partition p = partition(g.pattern(), {.parts = 50});
    EpochOrder order(p.parts, 5);
    order.set(1, 0);
    const LabelEntropy parts = label_entropy(p, g.labels.single, g.labels.classes);
    const LabelEntropy batches =
        label_entropy(merge_groups(p, order), g.labels.single, g.labels.classes);
    EXPECT_LT(parts.parts, 0.6 * parts.graph) << name;
    EXPECT_GT(batches.parts, parts.parts + 0.5 * (parts.graph - parts.parts)) << name;
    EXPECT_LT(batches.parts, parts.graph) << name;
  }
}

class PartitionCache : public ::testing::Test {
 protected:
  std::vector<std::string> files() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      found.push_back(entry.path());
    return found;
  }
  const TemporaryFolder own_;  // tests run side by side
  const std::string folder_ = own_ / "deep";
  const Graph g_ = planted({.nodes = 500, .blocks = 5, .classes = 5, .features = 1});
};

TEST_F(PartitionCache, ReturnsWhatWasStoredAndStoresUnderItsContent) {
  const Partition first = cached_partition(g_.pattern(), {.parts = 5}, folder_);
  ASSERT_EQ(files().size(), 1u);
  EXPECT_EQ(first.part_of, partition(g_.pattern(), {.parts = 5}).part_of);
  // Swap the stored partition for another valid one: what comes back then is the file's.
  const std::string path = files()[0];
  const Partition other = cached_partition(
      g_.pattern(), {.parts = 5, .seed = 9, .method = Partitioner::random}, folder_);
  ASSERT_EQ(files().size(), 2u);
  const std::string other_path = files()[0] == path ? files()[1] : files()[0];
  std::filesystem::copy_file(other_path, path, std::filesystem::copy_options::overwrite_existing);
  const Partition cached = cached_partition(g_.pattern(), {.parts = 5}, folder_);
  EXPECT_EQ(cached.part_of, other.part_of);
  EXPECT_EQ(cached.edge_cut, other.edge_cut);
  const Graph changed = planted({.nodes = 500, .blocks = 5, .classes = 5, .features = 1}, 2);
  cached_partition(changed.pattern(), {.parts = 5}, folder_);
  EXPECT_EQ(files().size(), 3u);
}

TEST_F(PartitionCache, IsComputedAgainWhenDamaged) {
  const Partition good = cached_partition(g_.pattern(), {.parts = 5}, folder_);
  const std::string path = files()[0];
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  for (size_t length = 0; length < text.size(); length += 487) {
    std::ofstream(path, std::ios::binary) << text.substr(0, length);
    ASSERT_EQ(cached_partition(g_.pattern(), {.parts = 5}, folder_).part_of, good.part_of);
  }
  for (size_t at = 0; at < text.size(); at += 487) {
    std::string flipped = text;
    flipped[at] ^= 4;
    std::ofstream(path, std::ios::binary) << flipped;
    ASSERT_EQ(cached_partition(g_.pattern(), {.parts = 5}, folder_).part_of, good.part_of);
  }
}

TEST_F(PartitionCache, ThatCannotBeWrittenDoesNotStopTheRun) {
  std::filesystem::create_directories(std::filesystem::path(folder_).parent_path());
  std::ofstream(folder_) << "a file where the folder should be";
  EXPECT_EQ(cached_partition(g_.pattern(), {.parts = 5}, folder_).parts, 5);
}

}  // namespace
}  // namespace laconic::data
