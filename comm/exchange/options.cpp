#include "comm/exchange/options.hpp"

#include <fmt/format.h>

#include <limits>

namespace laconic::comm {

void LinkOptions::describe(config::Fields& f) {
  f.path("machine", machine,
         "JSON file with measured values of alpha_us, beta_ns_per_byte and gamma_ns_per_element "
         "(bench allreduce --save writes it); empty: the values of these keys count");
  f.real("alpha_us", alpha_us,
         {.min = 0,
          .help = "time of a message, however short; `dense` and auto_dense choose by it",
          .unit = "us"})
      .only_when("machine", {""});
  f.real("beta_ns_per_byte", beta_ns_per_byte,
         {.min = 0, .help = "time per byte of a message; 0.8 is 10 Gbit/s", .unit = "ns"})
      .only_when("machine", {""});
  f.real("gamma_ns_per_element", gamma_ns_per_element,
         {.min = 0,
          .help = "time of a sparse sum per element, selected or not; auto_dense chooses by it",
          .unit = "ns"})
      .only_when("machine", {""});
}

Link SlowLink::over(Link link) const {
  if (!is_set()) return link;
  link.latency_s = 1e-6 * latency_us;
  link.bytes_per_s = mbit > 0 ? 1e6 / 8 * mbit : std::numeric_limits<double>::infinity();
  return link;
}

std::string SlowLink::text() const {
  return fmt::format("{}, {:g} us latency",
                     mbit > 0 ? fmt::format("{:g} Mbit/s each way", mbit) : "any bandwidth",
                     latency_us);
}

void SlowLink::describe(config::Fields& f) {
  f.real("mbit", mbit,
         {.min = 0,
          .help = "the ranks, all on one host, exchange at this rate each way, and allreduces are "
                  "chosen by it instead of beta_ns_per_byte or machine; 0: as fast as it goes",
          .unit = "Mbit/s"});
  f.real("latency_us", latency_us,
         {.min = 0,
          .help = "each message takes this much longer, and allreduces are chosen by it instead of "
                  "alpha_us or machine",
          .unit = "us"});
}

void ExchangeOptions::describe(config::Fields& f) {
  f.variant("allreduce", allreduce, "how gradients are summed over the ranks");
  f.flag("overlap", overlap, "sum buckets while backward still runs").changes_no_numbers();
  f.real("timeout", timeout,
         {.min = 0,
          .exclusive_min = true,
          .help = "the run ends when a rank has waited this long for another",
          .unit = "s"})
      .changes_no_numbers();
  link.describe(f);
  f.group("link", slow_link, "a slow link to try a run on; results are those without it");
}

void ExchangeOptions::check(const config::Checks& checks) const {
  if (slow_link.is_set() && !allreduce.entry().counted)
    checks.refuse(slow_link.mbit > 0 ? "link.mbit" : "link.latency_us",
                  fmt::format("cannot slow down comm.allreduce: {}, whose messages it does "
                              "not see; use comm.allreduce=dense",
                              allreduce.name()));
}

}  // namespace laconic::comm
