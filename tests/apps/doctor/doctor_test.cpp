// What the doctor finds, on machines made up for it, and who meets whom when it measures links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "apps/laconic/doctor/findings.hpp"
#include "comm/transport/transports.hpp"

namespace laconic::doctor {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

Machine healthy() {
  Machine m;
  m.host = "node1";
  m.isa = "avx2";
  m.cpus = {0, 1, 2, 3};
  m.cpus_of_host = 4;
  m.memory_free = 64'000'000'000;
  m.free_space = {{".", 500'000'000'000}, {"/tmp", 50'000'000'000}, {"/dev/shm", 8'000'000'000}};
  m.open_files = 4096;
  m.locked_memory = -1;
  return m;
}

auto says(const char* text) {
  return Field(&Finding::what, HasSubstr(text));
}
auto remedy(const char* text) {
  return Field(&Finding::type, HasSubstr(text));
}

TEST(Doctor, FindsNothingInHealthyMachines) {
  EXPECT_THAT(find_in_machines({healthy()}), IsEmpty());
  EXPECT_THAT(find_in_machines({healthy(), healthy()}), IsEmpty());
}

TEST(Doctor, FindsEachThingThatCouldBeBetter) {
  const auto one = [](auto change) {
    Machine m = healthy();
    change(m);
    return find_in_machines({m, m});
  };
  EXPECT_THAT(one([](Machine& m) { m.cpus = {0}; }), ElementsAre(says("2 ranks share 1 CPUs")));
  EXPECT_THAT(one([](Machine& m) {
                m.cpus = {0, 1};
                m.cpus_of_host = 16;
              }),
              ElementsAre(testing::AllOf(says("bound to 2 of 16"), remedy("slot:PE=8"))));
  EXPECT_THAT(one([](Machine& m) { m.cpu_quota = 2; }), ElementsAre(remedy("compute.threads=1")));
  EXPECT_THAT(one([](Machine& m) { m.environment["OMP_PROC_BIND"] = "close"; }),
              ElementsAre(remedy("unset OMP_PROC_BIND")));
  EXPECT_THAT(one([](Machine& m) { m.environment["LACONIC_MAX_ISA"] = "avx2"; }),
              ElementsAre(remedy("unset LACONIC_MAX_ISA")));
  EXPECT_THAT(one([](Machine& m) { m.environment["OMPI_MCA_mpi_yield_when_idle"] = "1"; }),
              ElementsAre(says("time slice")));
  EXPECT_THAT(one([](Machine& m) { m.free_space["."] = 1000; }), ElementsAre(remedy("run.dir=")));
  EXPECT_THAT(one([](Machine& m) { m.free_space["/tmp"] = 1000; }), ElementsAre(remedy("TMPDIR")));
  EXPECT_THAT(one([](Machine& m) { m.free_space["/dev/shm"] = 1000; }),
              ElementsAre(remedy("shm-size")));
  EXPECT_THAT(one([](Machine& m) { m.memory_free = 1'000'000'000; }),
              ElementsAre(says("of memory free for 2 ranks")));
  EXPECT_THAT(one([](Machine& m) { m.load = 4.2; }),
              ElementsAre(testing::AllOf(says("load of 4.2 on 4 CPUs"), says("2.0 times"),
                                         remedy("nice"))));
  EXPECT_THAT(one([](Machine& m) { m.load = 1.9; }), IsEmpty());
  EXPECT_THAT(one([](Machine& m) { m.has_mpiexec = false; }), ElementsAre(remedy("openmpi-bin")));
  EXPECT_THAT(one([](Machine& m) { m.open_files = 256; }), ElementsAre(remedy("ulimit -n")));
  EXPECT_THAT(one([](Machine& m) {
                m.infiniband = true;
                m.locked_memory = 65536;
              }),
              ElementsAre(remedy("ulimit -l")));
}

TEST(Doctor, FindsWhatIsNotTheSameOnAllRanks) {
  Machine other = healthy();
  other.host = "node2";
  other.isa = "generic";
  other.mpi = "another";
  EXPECT_THAT(find_in_machines({healthy(), other}),
              ElementsAre(says("the MPI library"), remedy("compute.isa=generic")));
}

TEST(Doctor, FindsARankThatWasStartedAlone) {
  Machine m = healthy();
  m.environment["SLURM_NTASKS"] = "4";
  EXPECT_THAT(find_in_machines({m}), ElementsAre(says("SLURM_NTASKS=4")));
  EXPECT_THAT(find_in_machines({m, m, m, m}), IsEmpty());
}

TEST(Doctor, TellsMachinesToRankZeroUnchanged) {
  const Machine here = this_machine();
  EXPECT_EQ(Machine::from_json(here.to_json()).to_json(), here.to_json());
  EXPECT_FALSE(here.cpus.empty());
  EXPECT_GT(here.memory_free, 0);
}

TEST(Links, EveryTwoMeetOnceAndNobodyMeetsTwoAtATime) {
  for (int ranks = 1; ranks <= 9; ++ranks) {
    std::set<std::pair<int, int>> met;
    for (int round = 0; round < rounds_of(ranks); ++round)
      for (int rank = 0; rank < ranks; ++rank) {
        const int other = opponent(rank, ranks, round);
        if (other < 0) continue;
        ASSERT_NE(other, rank);
        ASSERT_EQ(opponent(other, ranks, round), rank);
        if (rank < other) {
          EXPECT_TRUE(met.insert({rank, other}).second);
        }
      }
    EXPECT_EQ(met.size(), static_cast<size_t>(ranks * (ranks - 1) / 2)) << ranks << " ranks";
  }
}

TEST(Links, AreMeasuredBetweenEveryTwoRanks) {
  auto group = comm::make_thread_group(3);
  std::vector<Link> links;
  std::vector<std::thread> threads;
  for (auto& communicator : group)
    threads.emplace_back([&, mine = std::move(communicator)] {
      const std::vector<Link> measured = measure_links(*mine);
      if (mine->rank() == 0) links = measured;
    });
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(links.size(), 3u);
  for (const Link& link : links) {
    EXPECT_GT(link.latency_s, 0);
    EXPECT_GT(link.bytes_per_s, 0);
  }
}

TEST(Links, AnOutlierIsFoundAmongItsKind) {
  // Ranks 0 to 3, two a host; messages between hosts take longer, which is nobody's fault.
  const std::vector<std::string> hosts{"a", "a", "b", "b"};
  std::vector<Link> links{{0, 1, 1e-6, 10e9}, {2, 3, 1e-6, 10e9}, {0, 2, 20e-6, 1e9},
                          {0, 3, 20e-6, 1e9}, {1, 2, 20e-6, 1e9}, {1, 3, 20e-6, 1e9}};
  EXPECT_THAT(slow_ones(links, hosts), IsEmpty());
  links[2].bytes_per_s = 0.1e9;
  links[5].latency_s = 200e-6;
  const std::vector<SlowLink> slow = slow_ones(links, hosts);
  ASSERT_EQ(slow.size(), 2u);
  EXPECT_EQ(slow[0].link.b, 2);
  EXPECT_EQ(slow[1].link.b, 3);
  std::vector<Machine> machines(4, healthy());
  for (size_t r = 0; r < 4; ++r) machines[r].host = hosts[r];
  EXPECT_THAT(find_in_links(machines, links), ElementsAre(says("0.10 GB/s"), says("200.0 us")));
}

}  // namespace
}  // namespace laconic::doctor
