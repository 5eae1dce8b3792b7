// A network that is divided among sites: who holds which weight, against a table of all weights.
#include "framework/graph/slice_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "framework/base/error.hpp"
#include "framework/graph/subnet.hpp"
#include "tests/framework/graph/divided_networks.hpp"

namespace laconic::graph::test {
namespace {

using testing::HasSubstr;

constexpr Deal deals[] = {Deal::uniform, Deal::stratified};

// Returns how often each element of a parameter is held, by asking every site for every element.
std::vector<int> holders(const Graph& network, const SlicePlan& plan, Division division,
                         int64_t p) {
  const auto& [rows, cols] =
      std::pair(network.parameters[p].spec.rows, network.parameters[p].spec.cols);
  std::vector<int> count(rows * cols, 0);
  for (int site = 0; site < plan.sites(); ++site) {
    const Slice slice = plan.slice(division, site, p);
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j)
        count[i * cols + j] +=
            std::ranges::count(slice.rows, i) * std::ranges::count(slice.cols, j);
  }
  return count;
}

// The slow rule: the site of each unit, written down unit by unit.
std::vector<int> site_of_units(const SlicePlan& plan, int64_t cols_of, int64_t units) {
  std::vector<int> site(units, -1);
  for (int s = 0; s < plan.sites(); ++s)
    for (const int32_t u : plan.slice(Division::sites, s, cols_of).cols) {
      EXPECT_EQ(site[u], -1) << "unit " << u << " is at two sites";
      site[u] = s;
    }
  return site;
}

TEST(ADeal, GivesEachUnitToOneSiteInEqualParts) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 1000; ++trial) {
    const int sites = 1 + static_cast<int>(random() % 9);
    const auto width = [&] { return static_cast<int64_t>(sites + random() % 40); };
    const std::vector<int64_t> widths{3, width(), width(), width(), 2};
    const Graph network = mlp(widths, false, false);
    SlicePlan plan(network, sites);
    std::vector<std::vector<int64_t>> counts(sites);
    for (int s = 0; s < sites; ++s) counts[s] = plan.counts(s);
    plan.deal(random(), trial, deals[trial % 2]);
    for (int64_t l = 0; l < 3; ++l) {
      const std::vector<int> site = site_of_units(plan, l, widths[l + 1]);
      EXPECT_EQ(std::ranges::count(site, -1), 0);
      for (int s = 0; s < sites; ++s) {
        const Slice slice = plan.slice(Division::sites, s, l);
        EXPECT_TRUE(std::ranges::is_sorted(slice.cols));
        EXPECT_GE(std::ssize(slice.cols), widths[l + 1] / sites);
        EXPECT_LE(std::ssize(slice.cols), (widths[l + 1] + sites - 1) / sites);
        EXPECT_EQ(std::ssize(slice.cols), counts[s][l]) << "a site keeps the shape of its subnet";
      }
    }
  }
}

TEST(ADeal, IsAFunctionOfSeedAndRound) {
  const Graph network = mlp({4, 30, 30, 3}, false, false);
  SlicePlan a(network, 3), b(network, 3);
  const auto same = [&] {
    for (int s = 0; s < 3; ++s)
      for (int64_t p = 0; p < a.parameters(); ++p)
        if (!std::ranges::equal(a.slice(Division::sites, s, p).cols,
                                b.slice(Division::sites, s, p).cols))
          return false;
    return true;
  };
  b.deal(5, 7, Deal::uniform);
  a.deal(5, 6, Deal::uniform);
  EXPECT_FALSE(same());
  a.deal(6, 7, Deal::uniform);
  EXPECT_FALSE(same());
  a.deal(5, 7, Deal::stratified);
  EXPECT_FALSE(same());
  a.deal(5, 7, Deal::uniform);
  EXPECT_TRUE(same());
  const auto first = a.slice(Division::sites, 0, 0).cols,
             second = a.slice(Division::sites, 0, 1).cols;
  EXPECT_FALSE(std::ranges::equal(first, second)) << "layers are divided independently";
}

TEST(AStratifiedDeal, TakesEquallyFromEachHome) {
  const Graph network = mlp({4, 32, 48, 3}, false, false);
  SlicePlan plan(network, 4);
  plan.deal(1, 2, Deal::stratified);
  for (int64_t p = 0; p < 2; ++p)
    for (int s = 0; s < 4; ++s)
      for (int h = 0; h < 4; ++h) {
        const auto home = plan.slice(Division::homes, h, p).cols;
        const auto here = plan.slice(Division::sites, s, p).cols;
        EXPECT_EQ(std::ranges::count_if(
                      here, [&](int32_t u) { return std::ranges::binary_search(home, u); }),
                  std::ssize(home) / 4);
      }
}

TEST(ASlicePlan, PutsAWeightWhereBothItsEndsAreAndNowhereElse) {
  for (const Deal deal : deals) {
    const std::vector<int64_t> widths{5, 11, 9, 4};
    const Graph network = mlp(widths, true, true);
    SlicePlan plan(network, 3);
    plan.deal(3, 1, deal);
    const auto find = [&](const std::string& name) {
      return network.find_parameter(name) - network.parameters.data();
    };
    const std::vector<int> first = site_of_units(plan, find("layer1.weight"), 11);
    const std::vector<int> second = site_of_units(plan, find("layer2.weight"), 9);
    const auto expect = [&](const std::string& name, auto is_held) {
      const std::vector<int> found = holders(network, plan, Division::sites, find(name));
      const int64_t cols = network.find_parameter(name)->spec.cols;
      for (size_t e = 0; e < found.size(); ++e)
        EXPECT_EQ(found[e], is_held(e / cols, e % cols)) << name << " " << e;
    };
    expect("layer1.weight", [](size_t, size_t) { return 1; });
    expect("layer1.bias", [](size_t, size_t) { return 1; });
    expect("layer1.norm.gamma", [](size_t, size_t) { return 1; });
    expect("layer2.weight", [&](size_t i, size_t j) { return first[i] == second[j] ? 1 : 0; });
    expect("layer2.norm.beta", [](size_t, size_t) { return 1; });
    expect("layer3.weight", [](size_t, size_t) { return 1; });
    expect("layer3.bias", [](size_t, size_t) { return 3; });  // shared
    // The control: were one site still at another deal, the table would show it.
    SlicePlan other(network, 3);
    other.deal(3, 2, deal);
    const Slice stale = other.slice(Division::sites, 0, 0),
                fresh = plan.slice(Division::sites, 0, 0);
    EXPECT_FALSE(std::ranges::equal(stale.cols, fresh.cols));
  }
}

TEST(ASlicePlan, HasOneHomeForEachWeight) {
  const Graph network = mlp({5, 11, 9, 4}, true, true);
  const SlicePlan plan(network, 3);
  for (const Division division : {Division::homes, Division::whole})
    for (int64_t p = 0; p < plan.parameters(); ++p)
      for (const int count : holders(network, plan, division, p)) EXPECT_EQ(count, 1);
  int64_t sum = 0;
  for (int s = 0; s < 3; ++s) sum += plan.elements(Division::homes, s);
  EXPECT_EQ(sum, network.parameter_count);
  EXPECT_LE(plan.elements(Division::homes, 0), network.parameter_count / 2);
  for (int64_t p = 0; p < plan.parameters(); ++p)
    EXPECT_EQ(plan.is_shared(p), network.parameters[p].spec.name == "layer3.bias");
}

// D(n) of the reference: the parameters of all subnets of 784-256-256-10 with two affine norms.
TEST(ASlicePlan, SendsTheNumberOfElementsOfTheFormula) {
  const auto elements = [](const Graph& network, int sites) {
    const SlicePlan plan(network, sites);
    int64_t sum = 0;
    for (int s = 0; s < sites; ++s) sum += plan.elements(Division::sites, s);
    return sum;
  };
  const Graph digits = mlp({784, 256, 256, 10}, false, true);
  EXPECT_EQ(digits.parameter_count, 269824);
  EXPECT_EQ(elements(digits, 1), 269824);
  EXPECT_EQ(elements(digits, 2), 237056);
  EXPECT_EQ(elements(digits, 4), 220672);
  EXPECT_EQ(elements(digits, 8), 212480);
  const Graph speech = mlp({4096, 8192, 8192, 35}, false, false);
  EXPECT_EQ(speech.parameter_count, 100950016);
  EXPECT_EQ(elements(speech, 8), 42229760);
}

TEST(ASlicePlan, ReachesEveryWeightInTheEnd) {
  const int sites = 4, rounds = 20;
  const Graph network = mlp({3, 40, 40, 2}, false, false);
  SlicePlan plan(network, sites);
  std::vector<bool> held(1600, false);
  const auto untouched = [&] { return static_cast<double>(std::ranges::count(held, false)); };
  for (int round = 0; round < 100; ++round) {
    plan.deal(9, round, Deal::uniform);
    for (int s = 0; s < sites; ++s)
      for (const int32_t i : plan.slice(Division::sites, s, 1).rows)
        for (const int32_t j : plan.slice(Division::sites, s, 1).cols) held[i * 40 + j] = true;
    const double share = std::pow(1 - 1.0 / sites, round + 1), expected = 1600 * share;
    // Weights of one unit share its site, so the deviation is more than that of 1600 coins.
    if (round < rounds) {
      EXPECT_NEAR(untouched(), expected, 2 + 6 * std::sqrt(expected * (1 - share)));
    }
  }
  EXPECT_EQ(untouched(), 0);
}

TEST(ASubnet, OfOneSiteIsTheNetwork) {
  const Graph network = mlp({5, 12, 8, 3}, true, true);
  const SlicePlan plan(network, 1);
  EXPECT_EQ(subnet(network, plan.counts(0)), network);
  for (const Division division : {Division::sites, Division::homes, Division::whole})
    for (int64_t p = 0; p < plan.parameters(); ++p) {
      EXPECT_EQ(plan.offset(division, 0, p), network.parameters[p].offset);
      EXPECT_EQ(plan.slice(division, 0, p).size(), network.parameters[p].size());
    }
}

TEST(ASubnet, HasTheBufferOfItsSite) {
  const Graph network = mlp({5, 11, 9, 4}, true, true);
  const SlicePlan plan(network, 4);
  for (int s = 0; s < 4; ++s) {
    const Graph part = subnet(network, plan.counts(s));
    ASSERT_EQ(part.parameters.size(), network.parameters.size());
    EXPECT_EQ(part.parameter_count, plan.elements(Division::sites, s));
    for (int64_t p = 0; p < plan.parameters(); ++p) {
      EXPECT_EQ(part.parameters[p].spec.name, network.parameters[p].spec.name);
      EXPECT_EQ(part.parameters[p].spec.layer, network.parameters[p].spec.layer);
      EXPECT_EQ(part.parameters[p].offset, plan.offset(Division::sites, s, p));
      EXPECT_EQ(part.parameters[p].size(), plan.slice(Division::sites, s, p).size());
    }
  }
}

template <class Make>
std::string error_of(Make make) {
  try {
    make();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
  return "none";
}

TEST(ASlicePlan, RefusesWhatHasNoParts) {
  const auto divide = [](const Graph& network, int sites) {
    return error_of([&] { SlicePlan(network, sites); });
  };
  EXPECT_EQ(divide(mlp({5, 12, 8, 3}, true, true), 8), "none");
  EXPECT_THAT(divide(mlp({5, 12, 8, 3}, true, true), 9),
              HasSubstr("hidden.2 has 8 units, too few for 9 sites; allowed are up to 8 sites"));
  EXPECT_THAT(divide(mlp({5, 3}, true, true), 2), HasSubstr("no hidden units"));
  const auto linear = [](GraphBuilder& b, ValueId v, const char* name, int64_t out,
                         const char* from, const char* to) {
    return b.add(
        "linear", name, {v},
        {{"out", out}, {"input_units", std::vector<std::string>{from}}, {"output_units", to}});
  };
  GraphBuilder residual;
  const ValueId x = residual.input("features", 4);
  const ValueId a = linear(residual, x, "a", 6, "features", "hidden.1");
  const ValueId b = linear(residual, a, "b", 6, "hidden.1", "hidden.2");
  linear(residual, residual.add("add", "sum", {b, a}), "c", 2, "hidden.2", "classes");
  EXPECT_THAT(divide(residual.finish(), 2),
              HasSubstr("node 'sum' (add): combines hidden.2 with hidden.1"));
  GraphBuilder image;
  ValueId v = image.input("features", {3, ops::Space::pixels(1)});
  v = image.add(
      "conv2d", "conv", {v},
      {{"channels_out", 4}, {"kernel", 3}, {"input_units", "c"}, {"output_units", "channels.1"}});
  v = image.add("flatten", "flatten", {v}, {{"height", 5}, {"width", 5}});
  linear(image, v, "top", 2, "channels.1", "classes");
  EXPECT_THAT(divide(image.finish(), 2),
              HasSubstr("top.weight: has 100 rows or columns of channels.1"));
}

}  // namespace
}  // namespace laconic::graph::test
