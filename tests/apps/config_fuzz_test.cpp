// Generated configurations of the real schema. A valid one is printed and read back without a
// change, and `plan` succeeds or explains itself; a mistake is told with its address, and one about
// a known key is never taken for an answer. LACONIC_TEST_CASES asks for more than a few.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>

#include "apps/laconic/run/config.hpp"
#include "plan_outcome.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/config/config_edits.hpp"
#include "tests/framework/config/key_mistakes.hpp"
#include "tests/sanitized.hpp"

namespace laconic {
namespace {

using config::ConfigError;
using config::ConfigGenerator;

uint64_t cases() {
  const char* told = std::getenv("LACONIC_TEST_CASES");
  return told == nullptr ? (test::sanitized ? 50 : 150) : std::strtoull(told, nullptr, 10);
}

const config::Fields& schema() {
  static Config defaults;
  static const config::Fields fields = [] {
    config::Fields described;
    defaults.describe(described);
    return described;
  }();
  return fields;
}

ConfigGenerator generate(uint64_t seed) {
  return ConfigGenerator(schema(), seed);  // points into the schema
}

config::Resolved resolve_real(const std::string& yaml) {
  Config options;
  return config::resolve(options, yaml, "test.yaml");
}

// Processor time, so that a busy machine fails no test; sanitizers cost about ten times.
class WithinSeconds {
 public:
  explicit WithinSeconds(const std::string& what, double seconds = 1)
      : seconds_(seconds), what_(what) {}
  ~WithinSeconds() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr double slower = 10;
#else
    constexpr double slower = 1;
#endif
    EXPECT_LT(static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC, slower * seconds_)
        << what_;
  }
  WithinSeconds(const WithinSeconds&) = delete;
  WithinSeconds& operator=(const WithinSeconds&) = delete;

 private:
  const double seconds_;
  const std::string& what_;
  std::clock_t start_ = std::clock();
};

void expect_identity(const config::Resolved& first) {
  const std::string printed = first.to_yaml();
  EXPECT_EQ(config::content(resolve_real(printed)), config::content(first)) << printed;
}

TEST(ConfigFuzz, ParsePrintParseIsTheIdentity) {
  for (uint64_t seed = 0; seed < cases() && !HasFailure(); ++seed) {
    const std::string yaml = generate(seed).yaml();
    SCOPED_TRACE(yaml);
    const WithinSeconds limit(yaml);
    expect_identity(resolve_real(yaml));
  }
}

TEST(ConfigFuzz, AMistakeAboutAKnownKeyIsNeverAccepted) {
  std::map<std::string, uint64_t> refused;
  for (uint64_t seed = 0; seed < cases() && !HasFailure(); ++seed)
    for (const auto& mistake : config::key_mistakes(generate(seed), seed)) {
      SCOPED_TRACE(fmt::format("{}, seed {}:\n{}", mistake.kind, seed, mistake.text));
      const WithinSeconds limit(mistake.text);
      try {
        resolve_real(mistake.text);
        FAIL() << "accepted";
      } catch (const ConfigError& error) {
        ASSERT_EQ(error.code(), ExitCode::config);
        ASSERT_EQ(error.problems().size(), 1u) << error.what();
        const config::Problem& problem = error.problems()[0];
        EXPECT_EQ(problem.line, mistake.at.line) << problem.text();
        EXPECT_GE(problem.col, mistake.at.col) << problem.text();
        EXPECT_TRUE(std::string(error.what())
                        .starts_with(fmt::format("test.yaml:{}:{}: ", problem.line, problem.col)))
            << error.what();
        ++refused[mistake.kind];
      }
    }
  for (const auto& [kind, count] : refused) RecordProperty(kind, std::to_string(count));
  EXPECT_EQ(refused.size(), 4u);
}

TEST(ConfigFuzz, AnyOtherEditResolvesOrExplainsItself) {
  uint64_t refused = 0, accepted = 0;
  for (uint64_t seed = 0; seed < cases() && !HasFailure(); ++seed)
    for (const std::string& text : careless_edits(lines_of(generate(seed)), seed)) {
      const WithinSeconds limit(text);
      const auto resolved = config::resolved_or_explained(text, "test.yaml", resolve_real);
      ++(resolved ? accepted : refused);
      if (resolved) expect_identity(*resolved);
    }
  RecordProperty("refused", std::to_string(refused));
  RecordProperty("accepted", std::to_string(accepted));
  EXPECT_GT(refused, cases());
  EXPECT_GT(accepted, cases() / 10);
}

// Small data, whatever the configuration says: a file that is not there, or one that is generated.
// Most of what would end the plan early is repaired, in most cases.
std::vector<std::string> small_data(uint64_t seed) {
  Draw draw(seed);
  std::vector<std::string> overrides = {"compute.isa=auto",
                                        "compute.threads=1",
                                        "data.cache_dir=''",
                                        "data.source.planted.nodes=60",
                                        "data.source.planted.blocks=6",
                                        "data.source.planted.classes=3",
                                        "data.source.planted.features=5",
                                        "data.source.planted.degree=4",
                                        "data.source.planted.within=0.8",
                                        "data.source.ppi_like.graphs=12",
                                        "data.source.ppi_like.nodes_per_graph=60",
                                        "data.source.ppi_like.features=4",
                                        "data.source.ppi_like.labels=5",
                                        "data.source.ppi_like.degree=2",
                                        "data.source.shapes.images=20",
                                        "data.source.shapes.size=12",
                                        "data.source.debian.packages=/nonexistent",
                                        "data.clients.count=3",
                                        "problem.dimension=4",
                                        "problem.samples=2"};
  const auto mostly = [&](const std::string& override_) {
    if (draw.below(12) != 0) overrides.push_back(override_);
  };
  const auto format = draw.of<std::string>(
      {"planted", "planted", "ppi-like", "shapes", "shapes", "shapes", "hdf5", "debian"});
  overrides.push_back("data.source.format=" + format);
  const std::vector<std::string> of_graphs = {"gcn", "sage", "mlp"}, of_images = {"cnn", "mlp"};
  mostly("model.kind=" + draw.of(format == "shapes" ? of_images : of_graphs));
  mostly("model.channels=[3]");
  mostly("model.kernel=3");
  mostly("model.pool=2");
  mostly("data.parts=6");
  mostly("data.clusters_per_batch=2");
  mostly("method.sites=1");
  mostly("comm.machine=''");
  mostly("comm.bucket_mb=4");
  mostly("comm.momentum_correction=false");
  mostly("comm.residual_lr=auto");
  mostly("name=run");
  mostly("comm.link.mbit=0");
  mostly("comm.link.latency_us=0");
  mostly("train.class_weights=none");
  mostly("problem.kind=network");
  mostly("method.phases=[global_steps]");
  mostly("method.clients_per_round=0");
  mostly("method.probe=false");
  overrides.emplace_back("train.monitor=auto");  // a text that hardly any made-up word fits
  return overrides;
}

TEST(ConfigFuzz, PlanSucceedsOrExplains) {
  const TemporaryFolder folder;
  const std::string file = folder / "config.yaml";
  std::map<ExitCode, uint64_t> outcomes;
  for (uint64_t seed = 0; seed < cases() && !HasFailure(); ++seed) {
    const std::string yaml = generate(seed).yaml();
    std::ofstream(file) << yaml;
    SCOPED_TRACE(fmt::format("seed {}:\n{}", seed, yaml));
    const WithinSeconds limit(yaml, 5);  // a network may have thousands of buckets
    const test::PlanOutcome outcome = test::plan_outcome(file, small_data(seed));
    ++outcomes[outcome.code];
    switch (outcome.code) {
      case ExitCode::success:
        break;
      case ExitCode::config:
      case ExitCode::data:
      case ExitCode::environment:
        EXPECT_FALSE(outcome.message.empty());
        break;
      default:
        FAIL() << exit_code_name(outcome.code) << ": " << outcome.message;
    }
  }
  for (const auto& [code, count] : outcomes)
    RecordProperty(exit_code_name(code), std::to_string(count));
  EXPECT_GT(outcomes[ExitCode::success], cases() / 4);
}

TEST(ConfigFuzz, PlanTellsAMistakeInTheFileWithItsAddress) {
  const TemporaryFolder folder;
  const std::string file = folder / "config.yaml";
  for (uint64_t seed = 0; seed < cases() / 10 && !HasFailure(); ++seed)
    for (const auto& mistake : config::key_mistakes(generate(seed), seed)) {
      std::ofstream(file) << mistake.text;
      const test::PlanOutcome outcome = test::plan_outcome(file, {});
      EXPECT_EQ(outcome.code, ExitCode::config);
      EXPECT_TRUE(outcome.message.starts_with(fmt::format("{}:{}:", file, mistake.at.line)))
          << outcome.message;
    }
}

// A schema that forgets a limit lets the same mistakes through, and they are seen.
TEST(ConfigFuzz, NegativeControlAMissingLimitIsNoticed) {
  struct Loose {
    int64_t count = 1;
    void describe(config::Fields& f) {
      f.integer("count", count, {.min = 1, .max = 9, .help = ""});
    }
  } strict;
  config::Fields limited;
  strict.describe(limited);
  uint64_t accepted = 0;
  for (uint64_t seed = 0; seed < 50; ++seed)
    for (const auto& mistake : config::key_mistakes(ConfigGenerator(limited, seed), seed)) {
      config::Fields unlimited;
      int64_t count = 1;
      unlimited.integer("count", count, {.help = ""});
      try {
        config::resolve(unlimited, mistake.text, "test.yaml", {});
        ++accepted;
      } catch (const ConfigError&) {
      }
    }
  EXPECT_GT(accepted, 0u);
}

}  // namespace
}  // namespace laconic
