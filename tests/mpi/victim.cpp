// Ranks that sum forever, for victim.sh: rank 1 writes its pid to argv[2] and then, by argv[1],
// waits to be killed, lets an exception unwind through its world, or aborts. The others must end
// with an error. Where argv[1] begins with "sparse", so is the sum; "alone" ends well after one.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "comm/gradient/sum.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/error.hpp"

using namespace laconic;

namespace {

void sum_until_the_end(comm::MpiWorld& world, const std::string& end, const std::string& pid_file) {
  comm::ExchangeOptions options;
  options.timeout = 3;
  comm::GradientOptions gradient;
  gradient.density.auto_dense = false;
  if (end.starts_with("sparse")) options.allreduce.select("oktopk");
  comm::Exchange exchange(world.world(), options);
  // Short enough to travel without a read from the memory of the peer, which UCX, under MPICH, does
  // not survive when the peer is dead: it then ends the process itself.
  std::vector<float> values(3000);
  comm::GradientSum sum(exchange, {}, gradient, {}, std::ssize(values));
  sum.allocate();
  for (int step = 0;; ++step) {
    values.assign(values.size(), static_cast<float>(step % 7));
    sum.begin(step, 1);
    sum.finish(values, {});
    if (end == "alone") return;
    if (exchange.rank() != 1 || step != 20) continue;
    std::ofstream(pid_file + ".tmp") << getpid() << "\n";
    std::rename((pid_file + ".tmp").c_str(), pid_file.c_str());
    if (end == "unwinds") fail(ExitCode::data, "rank 1: a damaged file");
    if (end == "aborts") comm::MpiWorld::abort(static_cast<int>(ExitCode::data));
  }
}

// As an application does: report while the world still stands, then end all ranks with the code of
// the error.
void run_and_report(comm::MpiWorld& world, const std::string& end, const std::string& pid_file) {
  try {
    sum_until_the_end(world, end, pid_file);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    if (end != "unwinds") comm::MpiWorld::abort(static_cast<int>(error.code()));
    throw;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string end = argv[1];
  const std::string pid_file = argv[2];
  try {
    comm::MpiWorld world(&argc, &argv);
    run_and_report(world, end, pid_file);
  } catch (const Error& error) {  // not reached from inside the world: it has aborted
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
}
