#include "apps/laconic/doctor/links.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>

#include "comm/base/collectives.hpp"
#include "framework/observe/trace.hpp"

namespace laconic::doctor {
namespace {

constexpr int tag = 100;
constexpr int most_rounds = 64;
constexpr int latency_repetitions = 100, bandwidth_repetitions = 5;
constexpr size_t large = 1 << 20;         // bytes
constexpr double clear_latency_s = 5e-6;  // differences below it are noise

void send(comm::Communicator& c, int peer, std::span<const std::byte> bytes) {
  c.wait(c.send(peer, tag, bytes));
}
void receive(comm::Communicator& c, int peer, std::span<std::byte> bytes) {
  c.wait(c.receive(peer, tag, bytes));
}

// Returns half the shortest round-trip time.
double one_way(comm::Communicator& c, int peer, std::span<std::byte> bytes, int repetitions) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repetitions; ++i) {
    const double start = steady_seconds();
    if (c.rank() < peer) {
      send(c, peer, bytes);
      receive(c, peer, bytes);
    } else {
      receive(c, peer, bytes);
      send(c, peer, bytes);
    }
    best = std::min(best, (steady_seconds() - start) / 2);
  }
  return best;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

int rounds_of(int ranks) {
  return ranks < 2 ? 0 : ranks - 1 + ranks % 2;
}

// The circle method: all seats but the last move on by one per round; with an odd number of ranks
// one seat is empty.
int opponent(int rank, int ranks, int round) {
  const int moving = rounds_of(ranks), last = moving;  // `moving` is odd; `last` is the fixed seat
  const int seat = rank == last ? round * ((moving + 1) / 2) % moving
                                : ((round - rank) % moving + moving) % moving;
  const int other = seat == rank ? last : seat;
  return other < ranks ? other : -1;
}

std::vector<Link> measure_links(comm::Communicator& communicator) {
  const int rank = communicator.rank(), ranks = communicator.size();
  std::vector<std::byte> bytes(large);
  nlohmann::json mine = nlohmann::json::array();
  for (int round = 0; round < std::min(rounds_of(ranks), most_rounds); ++round) {
    comm::Scratch scratch;
    int64_t nothing = 0;
    comm::max(communicator, {&nothing, 1}, scratch);  // all ranks start the round together
    const int peer = opponent(rank, ranks, round);
    if (peer < 0) continue;
    const double latency = one_way(communicator, peer, {}, latency_repetitions);
    const double large_s = one_way(communicator, peer, bytes, bandwidth_repetitions);
    if (rank < peer) mine.push_back({rank, peer, latency, static_cast<double>(large) / large_s});
  }
  std::vector<Link> links;
  for (const std::string& text : comm::gather(communicator, mine.dump()))
    for (const auto& l : nlohmann::json::parse(text)) links.push_back({l[0], l[1], l[2], l[3]});
  return links;
}

std::vector<SlowLink> slow_ones(const std::vector<Link>& links,
                                const std::vector<std::string>& hosts) {
  std::vector<SlowLink> slow;
  for (const bool within : {true, false}) {
    std::vector<Link> kind;
    std::ranges::copy_if(links, std::back_inserter(kind),
                         [&](const Link& l) { return (hosts[l.a] == hosts[l.b]) == within; });
    std::vector<double> latencies, rates;
    for (const Link& l : kind) {
      latencies.push_back(l.latency_s);
      rates.push_back(l.bytes_per_s);
    }
    const double latency = median(latencies), rate = median(rates);
    for (const Link& l : kind)
      if ((l.latency_s > 4 * latency && l.latency_s > latency + clear_latency_s) ||
          l.bytes_per_s < rate / 3)
        slow.push_back({l, latency, rate});
  }
  return slow;
}

}  // namespace laconic::doctor
