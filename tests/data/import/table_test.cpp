// Graphs in tables of text: one list of edges, or a folder of tables.
#include "data/import/table.hpp"

#include <gmock/gmock.h>

#include "tests/data/import/foreign_files.hpp"

namespace laconic::data::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ImportTable, EdgeListsInEveryUsualForm) {
  for (const std::string text :
       {"0,1\n0,2\n1,2\n2,3\n", "0\t1\n0\t2\n1\t2\n2\t3",
        "# from SNAP\n0 1\r\n0 2\r\n\r\n1 2\r\n2 3\r\n", "source,target\n0,1\n0,2\n1,2\n2,3\n",
        "\xef\xbb\xbfid_1;id_2\n0;1\n0;2\n1;2\n2;3\n", "u,v,weight\n0,1,.5\n0,2,1\n1,2,1\n2,3,1\n",
        "%%MatrixMarket matrix coordinate pattern symmetric\n% made by hand\n4 4 4\n1 2\n1 3\n2 "
        "3\n3 4\n"}) {
    const ImportedGraph g = imported(text, "edges.txt");
    EXPECT_EQ(g.graph.nodes(), 4) << text;
    EXPECT_EQ(g.graph.undirected_edges(), 4) << text;
    EXPECT_EQ(g.graph.pattern().degree(2), 3) << text;
  }
}

TEST(ImportTable, TheThirdColumnHasTheWeights) {
  for (const std::string text :
       {"u,v,weight\n0,1,.5\n0,2,1\n1,2,2\n2,3,1\n", "0 1 .5\n0 2 1\n1 2 2\n2 3 1\n",
        "u,v,year,w\n0,1,1990,.5\n0,2,1991,1\n1,2,1990,2\n2,3,1990,1\n"})
    EXPECT_THAT(imported(text, "edges.csv").graph.weights, ElementsAre(.5, 1, .5, 2, 1, 2, 1, 1));
  const ImportedGraph years = imported("u,v,year\n0,1,1990\n0,2,1991\n", "edges.csv");
  EXPECT_TRUE(years.graph.weights.empty());
  EXPECT_THAT(all(years.notes), HasSubstr("1 columns behind the two of ids are left out"));
}

TEST(ImportTable, NamesOfNodesAreKept) {
  const ImportedGraph g = imported("from,to\nrome,\"a, b\"\n\"a, b\",oslo\n", "routes.csv");
  EXPECT_THAT(g.graph.node_names, ElementsAre("rome", "a, b", "oslo"));
  EXPECT_EQ(g.graph.pattern().degree(1), 2);
}

TEST(ImportTable, IdsWithLargeGapsBecomeNames) {
  const ImportedGraph g = imported("100 2000000000000\n7 100\n", "edges.txt");
  EXPECT_THAT(g.graph.node_names, ElementsAre("7", "100", "2000000000000"));
  EXPECT_THAT(all(g.notes), HasSubstr("became the names"));
}

TEST(ImportTable, AFolderLikeOgbs) {
  const TemporaryFolder folder;
  put(folder / "raw/edge.csv", "0,1\n0,2\n1,2\n2,3\n");
  put(folder / "raw/node-feat.csv", "0,1\n2,3\n4,5\n6,7\n8,9\n");
  put(folder / "raw/node-label.csv", "0\n1\n0\n-1\n1\n");
  put(folder / "raw/num-node-list.csv", "5\n");
  put(folder / "split/time/train.csv", "0\n1\n");
  put(folder / "split/time/valid.csv", "2\n");
  put(folder / "split/time/test.csv", "3\n4\n");
  put(folder / "mapping/README.md", "a,b\nc\n");
  const ImportedGraph g = import_graph(folder.path());
  expect_tiny(g.graph);
  ASSERT_EQ(g.splits.size(), 1u);
  EXPECT_EQ(g.splits[0].name, "time");
  EXPECT_THAT(g.splits[0].split.val, ElementsAre(2));
  EXPECT_THAT(all(g.notes), HasSubstr("mapping/README.md: not looked at"));
}

TEST(ImportTable, TablesWithIdsAreJoined) {
  const TemporaryFolder folder;
  put(folder / "edges.csv", "source,target\nd,c\nc,a\na,b\nb,c\nx,a\n");
  put(folder / "features.csv", "id,one,two\na,0,1\nb,2,3\nc,4,5\nd,6,7\ne,8,9\n");
  put(folder / "labels.csv", "id,label\ne,odd\nc,even\na,even\nb,odd\nd,\n");
  put(folder / "train.csv", "a\nb\n");
  const ImportedGraph g = import_graph(folder.path());
  Graph graph = g.graph;
  EXPECT_THAT(graph.class_names, ElementsAre("even", "odd"));
  EXPECT_THAT(graph.node_names, ElementsAre("a", "b", "c", "d", "e"));
  expect_tiny(graph);
  EXPECT_THAT(all(g.notes), HasSubstr("1 edges to nodes that no table has are left out"));
  EXPECT_THAT(g.splits.at(0).split.train, ElementsAre(0, 1));
}

TEST(ImportTable, ContentAndCites) {
  const TemporaryFolder folder;
  put(folder / "cora.content", "31336\t0\t1\tTheory\n1061\t1\t0\tNets\n77\t1\t1\tTheory\n");
  put(folder / "cora.cites", "31336\t77\n1061\t77\n");
  const ImportedGraph g = import_graph(folder.path());
  EXPECT_THAT(g.graph.labels.single, ElementsAre(1, 0, 1));
  EXPECT_THAT(g.graph.node_names, ElementsAre("31336", "1061", "77"));
  EXPECT_EQ(g.graph.features.cols, 2);
  EXPECT_EQ(g.graph.undirected_edges(), 2);
}

TEST(ImportTable, RowsWithNumbersAsIdsAreOrdered) {
  const TemporaryFolder folder;
  put(folder / "edges.csv", "0,1\n");
  put(folder / "features.csv", ",f\n2,20\n0,0\n1,10\n");  // as pandas writes an index
  const ImportedGraph g = import_graph(folder.path());
  EXPECT_THAT(g.graph.features.values, ElementsAre(0, 10, 20));
}

TEST(OddTables, AreRefusedWithTheLine) {
  EXPECT_THAT(refusal("0,1\n0,1,2\n", "edges.csv"),
              HasSubstr("edges.csv: line 2: 3 fields, expected 2"));
  EXPECT_THAT(refusal("a,\"b\n", "edges.csv"), HasSubstr("line 1: a quoted field does not end"));
  EXPECT_THAT(refusal("0,1\n1,x\n", "edges.csv"), "");  // names
  EXPECT_THAT(refusal("1,2,3,4\n", "table.csv"), HasSubstr("no edges; expected"));
  EXPECT_THAT(refusal("0,0.5\n", "edges.csv"), HasSubstr("must be a whole number"));
  const TemporaryFolder folder;
  put(folder / "edges.csv", "0,1\n");
  put(folder / "features.csv", "1,a\n2,b\n");
  EXPECT_THAT(error_of([&] { import_graph(folder.path()); }),
              HasSubstr("column 2 holds texts ('a')"));
}

}  // namespace
}  // namespace laconic::data::test
