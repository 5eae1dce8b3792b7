// The machine file: written and read, refused where it is wrong, and of one mind on all ranks.
#include "comm/base/machine.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "comm/exchange/exchange.hpp"
#include "framework/base/file.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Machine : public testing::Test {
 protected:
  Machine() { std::filesystem::create_directories(folder_); }
  ~Machine() override { std::filesystem::remove_all(folder_); }

  std::string error_of(const std::string& text) {
    write_atomically(real_files(), path_, text);
    try {
      read_machine(real_files(), path_);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::config);
      return error.what();
    }
  }

  ExchangeOptions options() const {
    return options_with("dense", [&](auto& o) { o.link.machine = path_; });
  }

  const std::string folder_ = fmt::format("{}/laconic_machine_{}", testing::TempDir(), getpid());
  const std::string path_ = folder_ + "/machine.json";
};

TEST_F(Machine, IsReadAsItWasWritten) {
  write_machine(real_files(), path_, link_of(12.5, 0.75, 1.5), "this host");
  const Link link = read_machine(real_files(), path_);
  EXPECT_DOUBLE_EQ(link.latency_s, 12.5e-6);
  EXPECT_DOUBLE_EQ(link.occupied_s(1), 0.75e-9);
  EXPECT_DOUBLE_EQ(link.element_s, 1.5e-9);
  write_machine(real_files(), path_, {}, "");  // a link that costs nothing
  EXPECT_EQ(read_machine(real_files(), path_).latency_s, 0);
  EXPECT_EQ(read_machine(real_files(), path_).occupied_s(1000), 0);
}

TEST_F(Machine, SaysWhatIsWrong) {
  EXPECT_EQ(error_of(R"({"alpha_us": 1, "beta_ns_per_byte": 2, "gamma_ns_per_element": 0})"), "");
  EXPECT_THAT(error_of("{alpha_us: 1"), AllOf(HasSubstr(path_), HasSubstr("no JSON object")));
  EXPECT_THAT(error_of("[1, 2]"), HasSubstr("no JSON object"));
  EXPECT_THAT(error_of(R"({"alpha_us": 1})"), HasSubstr("beta_ns_per_byte is missing"));
  EXPECT_THAT(error_of(R"({"alpha_us": 1, "beta_ns_per_byte": 2})"),
              HasSubstr("gamma_ns_per_element is missing"));
  EXPECT_THAT(error_of(R"({"alpha_us": -1, "beta_ns_per_byte": 2})"),
              HasSubstr("alpha_us: -1 is no number >= 0"));
  EXPECT_THAT(error_of(R"({"alpha_us": 1, "beta_ns_per_byte": "2"})"),
              HasSubstr("beta_ns_per_byte: \"2\" is no number >= 0"));
  EXPECT_THAT(error_of(R"({"alpha_us": 1, "beta_ns_per_byte": 2, "gamma": 3})"),
              AllOf(HasSubstr("gamma: unknown key"), HasSubstr("alpha_us, beta_ns_per_byte")));
}

TEST_F(Machine, IsReadByRankZeroForAllRanks) {
  write_machine(real_files(), path_, link_of(7, 3), "");
  Communicators group = make_thread_group(3);
  std::vector<std::thread> threads;
  for (auto& communicator : group)
    threads.emplace_back([&, mine = std::move(communicator)]() mutable {
      const Exchange exchange(std::move(mine), options());
      EXPECT_DOUBLE_EQ(exchange.link().latency_s, 7e-6);
      EXPECT_DOUBLE_EQ(exchange.link().occupied_s(1), 3e-9);
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Machine, ThatIsWrongEndsAllRanks) {
  write_atomically(real_files(), path_, "{}");
  Communicators group = make_thread_group(3);
  std::vector<std::string> errors(3);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 3; ++rank)
    threads.emplace_back([&, rank] {
      try {
        const Exchange exchange(std::move(group[rank]), options());
      } catch (const Error& error) {
        errors[rank] = fmt::format("{}: {}", static_cast<int>(error.code()), error.what());
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(errors, testing::Each(AllOf(HasSubstr("78: comm.machine: "), HasSubstr(path_),
                                          HasSubstr("alpha_us is missing"))));
}

TEST(Link, IsOfTheOptionsWithoutAMachineFile) {
  const Exchange exchange(make_self(), options_with("dense", [](auto& o) {
                            o.link.alpha_us = 2;
                            o.link.beta_ns_per_byte = 0;
                          }));
  EXPECT_DOUBLE_EQ(exchange.link().latency_s, 2e-6);
  EXPECT_EQ(exchange.link().occupied_s(1'000'000), 0);
}

}  // namespace
}  // namespace laconic::comm::test
